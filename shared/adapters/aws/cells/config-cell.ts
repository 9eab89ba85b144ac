import type { ConfigCell, Recorders } from '../../../domain/aws-config.ts';
import type { Notifier } from '../../../domain/ports.ts';
import type { Clock } from '../../../domain/runtime.ts';
import { ec2Clients } from '../clients/settings.ts';
import { compliance, configClient, recorders } from '../config.ts';
import { exemptionsIn } from '../dynamodb/exemptions.ts';
import { tableOf } from '../dynamodb/table.ts';
import { listGroups } from '../ec2/list-groups.ts';
import { securityGroups } from '../ec2/snapshot.ts';
import { functionsClient, functionsIn, reevaluationQueue } from '../lambda.ts';
import { cellNotifier } from '../sns.ts';
import type { RecordCell } from './record-cell.ts';

/** The ports of on-config for evaluations: make them once per container. */
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
    reevaluation: reevaluationQueue(functionsClient(clients), cell.changeFunction),
    clock,
  };
}

/** The ports of on-config for the check of AWS Config's recorder: make them once per container. */
export function recorderPorts(cell: Parameters<typeof cellNotifier>[0]): {
  readonly recorders: Recorders;
  readonly notifier: Notifier;
  readonly clock: Clock;
} {
  return { recorders: recorders(configClient(cell.clients)), notifier: cellNotifier(cell), clock: cell.clock };
}
