import type { ConfigCell } from '../model/compliance.ts';
import type { Clock, Notices } from '../model/ports.ts';
import type { Recorders } from '../model/recorder.ts';
import { cellNotices } from './cell-notices.ts';
import { ec2Clients } from './clients.ts';
import { compliance, configClient } from './compliance.ts';
import { exemptionsIn } from './exemptions.ts';
import { functionsIn } from './facts/functions.ts';
import type { RecordCell } from './grant-cell-records.ts';
import { functionsClient } from './invoke.ts';
import { tableOf } from './ledger.ts';
import { listGroups } from './list-groups.ts';
import { recorders } from './recorders.ts';
import { reexamine } from './reexamine.ts';
import { securityGroups } from './security-groups.ts';

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
