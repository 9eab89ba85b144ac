import type { GrantPorts } from '../../../domain/grants.ts';
import type { GroupRecords } from '../../../domain/group-record.ts';
import type { Confirmations } from '../../../domain/ledger.ts';
import type { AlertBursts } from '../../../domain/notification.ts';
import { ec2Clients } from '../clients/settings.ts';
import { budgetIn } from '../dynamodb/budget.ts';
import { burstsIn } from '../dynamodb/bursts.ts';
import { confirmationsIn } from '../dynamodb/confirmations.ts';
import { exemptionsIn } from '../dynamodb/exemptions.ts';
import { groupRecordsIn } from '../dynamodb/group-records.ts';
import { fullLedgerIn } from '../dynamodb/ledger/ledger.ts';
import { tableOf } from '../dynamodb/table.ts';
import { vpcs } from '../ec2/describe.ts';
import { grants } from '../ec2/grants.ts';
import { securityGroups } from '../ec2/snapshot.ts';
import { functionsClient, functionsIn, reevaluationQueue } from '../lambda.ts';
import { cellNotifier } from '../sns.ts';
import { runtimeSwitch, switchClient } from '../ssm.ts';
import { type CellSettings, lazyTrail } from './cell.ts';

/** The ports of on-grant: make them once per container. */
export function grantPorts(cell: RecordCell): GrantPorts {
  const { clients, clock } = cell;
  const ec2In = ec2Clients(clients);
  return {
    ...recordPorts(cell),
    trail: lazyTrail(clients),
    region: (region) => {
      const ec2 = ec2In(region);
      const groups = securityGroups(ec2, functionsIn({ ...clients, region }));
      return { groups, grants: grants(ec2, clock), vpcs: vpcs(ec2) };
    },
    runtimeSwitch: runtimeSwitch(switchClient(clients), cell.switchParameter, cell),
  };
}

/** What on-grant and on-schedule know about their cell. */
export interface RecordCell extends CellSettings {
  /** Name of on-change, with its alias for requests. */
  readonly changeFunction: string;
}

/** The ports that on-grant and on-schedule share: make them once per container. */
export function recordPorts(cell: RecordCell): Pick<
  GrantPorts,
  'ledger' | 'exemptions' | 'budget' | 'notifier' | 'reevaluation' | 'clock'
> & {
  readonly records: GroupRecords;
  readonly storms: AlertBursts;
  readonly confirmations: Confirmations;
} {
  const table = tableOf(cell);
  return {
    ledger: fullLedgerIn(table),
    exemptions: exemptionsIn(table),
    budget: budgetIn(table),
    notifier: cellNotifier(cell),
    records: groupRecordsIn(table),
    storms: burstsIn(table),
    confirmations: confirmationsIn(table),
    reevaluation: reevaluationQueue(functionsClient(cell.clients), cell.changeFunction),
    clock: cell.clock,
  };
}
