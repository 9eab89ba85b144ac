import type { Outcome } from '../model/decision.ts';
import type { Clock, Ports, SecurityGroups } from '../model/ports.ts';
import { ec2Client } from './clients.ts';
import { lazyLedger, lazyNotices, lazySwitch } from './lazily.ts';
import type { Notice } from './notices.ts';
import { securityGroups } from './security-groups.ts';

/** What a function knows about its cell. */
export interface Cell {
  readonly ledgerTable: string;
  readonly noticesTopicArn: string;
  readonly switchParameter: string;
  readonly noticeFor: (outcome: Outcome) => Notice;
  readonly clock: Clock;
}

/** The security groups of a region, through the container's client for it. */
export const groupsIn = (region: string): SecurityGroups => securityGroups(ec2Client(region));

/**
 * The cell's state and voice: make these once per container. Only EC2's client is loaded at start; the others load while EC2's
 * first answer is under way (cold import of on-change on one core: 29 ms, with all four clients 38).
 */
export const cellPorts = (cell: Cell): Pick<Ports, 'ledger' | 'notices' | 'switch'> => ({
  ledger: lazyLedger(async () => {
    const { ledger, ledgerClient } = await import('./ledger.ts');
    return ledger({ dynamoDb: ledgerClient(), name: cell.ledgerTable, clock: cell.clock });
  }),
  notices: lazyNotices(async () => {
    const { notices, noticesClient } = await import('./notices.ts');
    return notices(noticesClient(), cell.noticesTopicArn, cell.noticeFor);
  }),
  switch: lazySwitch(async () => {
    const { runtimeSwitch, switchClient } = await import('./switch.ts');
    return runtimeSwitch(switchClient(), cell.switchParameter, cell.clock);
  }),
});
