import type { Clock, Ports, SecurityGroups } from '../model/ports.ts';
import { ec2Client } from './clients.ts';
import {
  lazily,
  lazyBudget,
  lazyEpisodes,
  lazyExemptions,
  lazyLedger,
  lazyNotices,
  lazyRecords,
  lazyStorms,
  lazySwitch,
} from './lazily.ts';
import type { NoticeCell } from './notices.ts';
import { securityGroups } from './security-groups.ts';

/** What a function knows about its cell. */
export interface Cell extends NoticeCell {
  readonly ledgerTable: string;
  readonly switchParameter: string;
  readonly clock: Clock;
}

/** The security groups of a region, through the container's client for it. */
export const groupsIn = (region: string): SecurityGroups => securityGroups(ec2Client(region));

/** What the cell remembers: one client for all of it, loaded by the first that is asked, and each part's code by its own first call. */
const memory = ({
  ledgerTable,
  clock,
}: Cell): Pick<Ports, 'ledger' | 'budget' | 'exemptions' | 'episodes' | 'records' | 'storms'> => {
  const table = lazily(async () => {
    const { ledgerClient } = await import('./ledger.ts');
    return { dynamoDb: ledgerClient(), name: ledgerTable, clock };
  });
  return {
    ledger: lazyLedger(async () => (await import('./ledger.ts')).ledger(await table())),
    budget: lazyBudget(async () => (await import('./budget.ts')).budgetAccount(await table())),
    exemptions: lazyExemptions(async () => (await import('./exemptions.ts')).exemptionsIn(await table())),
    episodes: lazyEpisodes(async () => (await import('./episodes.ts')).episodesIn(await table())),
    records: lazyRecords(async () => (await import('./group-record.ts')).groupRecordsIn(await table())),
    storms: lazyStorms(async () => (await import('./storms.ts')).stormsIn(await table())),
  };
};

/**
 * The cell's state and voice: make these once per container. Only EC2's client is loaded at start; the others load while EC2's
 * first answer is under way (cold import of on-change on one core: 29 ms, with all four clients 38).
 */
export const cellPorts = (
  cell: Cell,
): Pick<Ports, 'ledger' | 'budget' | 'exemptions' | 'episodes' | 'records' | 'storms' | 'notices' | 'switch'> => ({
  ...memory(cell),
  notices: lazyNotices(async () => {
    const { cellNotices } = await import('./cell-notices.ts');
    return cellNotices(cell);
  }),
  switch: lazySwitch(async () => {
    const { runtimeSwitch, switchClient } = await import('./switch.ts');
    return runtimeSwitch(switchClient(), cell.switchParameter, cell.clock);
  }),
});
