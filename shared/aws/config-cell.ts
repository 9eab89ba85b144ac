import type { ConfigCell } from '../model/compliance.ts';
import type { Clock, Notices } from '../model/ports.ts';
import type { Recorders } from '../model/recorder.ts';
import { cellNotices } from './cell-notices.ts';
import { ec2Client } from './clients.ts';
import { compliance, configClient } from './compliance.ts';
import { exemptionsIn } from './exemptions.ts';
import { functionsIn } from './facts/functions.ts';
import type { RecordCell } from './grant-cell-records.ts';
import { functionsClient } from './invoke.ts';
import { ledgerClient } from './ledger.ts';
import { listGroups } from './list-groups.ts';
import type { NoticeCell } from './notices.ts';
import { recorders } from './recorders.ts';
import { reexamine } from './reexamine.ts';
import { securityGroups } from './security-groups.ts';

/** Everything that evaluating needs from outside: make these once per container. */
export const configPorts = ({
  ledgerTable,
  changeFunction,
  clock,
}: Pick<RecordCell, 'ledgerTable' | 'changeFunction' | 'clock'>): ConfigCell['ports'] => {
  return {
    groups: (region) => securityGroups(ec2Client(region), functionsIn(region)),
    everyGroup: (region, needs) => listGroups(ec2Client(region), needs, functionsIn(region)),
    compliance: compliance(configClient()),
    exemptions: exemptionsIn({ dynamoDb: ledgerClient(), name: ledgerTable, clock }),
    reexamine: reexamine(functionsClient(), changeFunction),
    clock,
  };
};

/** What a look at the recorder needs from outside: make these once per container. */
export const recorderPorts = (
  cell: NoticeCell & { readonly clock: Clock },
): {
  readonly recorders: Recorders;
  readonly notices: Notices;
  readonly clock: Clock;
} => ({ recorders: recorders(configClient()), notices: cellNotices(cell), clock: cell.clock });
