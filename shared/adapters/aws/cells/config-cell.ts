import type { ConfigCell } from '../../../domain/compliance.ts';
import type { Clock, Notices } from '../../../domain/ports.ts';
import type { Recorders } from '../../../domain/requests/recorder.ts';
import { ec2Clients } from '../clients/clients.ts';
import { compliance, configClient } from '../config/compliance.ts';
import { recorders } from '../config/recorders.ts';
import { exemptionsIn } from '../dynamodb/exemptions/exemptions.ts';
import { tableOf } from '../dynamodb/ledger/ledger.ts';
import { functionsIn } from '../ec2/facts/functions.ts';
import { listGroups } from '../ec2/list-groups.ts';
import { securityGroups } from '../ec2/security-groups.ts';
import { functionsClient } from '../lambda/invoke.ts';
import { reexamine } from '../lambda/reexamine.ts';
import { cellNotices } from '../sns/cell-notices.ts';
import type { RecordCell } from './grant-cell-records.ts';

/** Everything that evaluating needs from outside: make these once per container. */
export function configPorts(
  cell: Pick<RecordCell, 'ledgerTable' | 'changeFunction' | 'clients' | 'clock' | 'random'>,
): ConfigCell['ports'] {
  const { clients, clock } = cell;
  const ec2 = ec2Clients(clients);
  const functions = (region: string) => functionsIn({ ...clients, region });
  return {
    groups: (region) => securityGroups(ec2(region), functions(region)),
    everyGroup: (region, needs) => listGroups(ec2(region), needs, functions(region)),
    compliance: compliance(configClient(clients)),
    exemptions: exemptionsIn(tableOf(cell)),
    reexamine: reexamine(functionsClient(clients), cell.changeFunction),
    clock,
  };
}

/** What a look at the recorder needs from outside: make these once per container. */
export const recorderPorts = (
  cell: Parameters<typeof cellNotices>[0],
): {
  readonly recorders: Recorders;
  readonly notices: Notices;
  readonly clock: Clock;
} => ({ recorders: recorders(configClient(cell.clients)), notices: cellNotices(cell), clock: cell.clock });
