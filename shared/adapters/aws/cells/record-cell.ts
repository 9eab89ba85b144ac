import type { GroupRecords } from '../../../domain/group-record.ts';
import type { Confirmations } from '../../../domain/ledger.ts';
import type { AlertBursts } from '../../../domain/notification.ts';
import type { GrantPorts } from '../../../domain/ports.ts';
import { budgetIn } from '../dynamodb/budget.ts';
import { burstsIn } from '../dynamodb/bursts.ts';
import { confirmationsIn } from '../dynamodb/confirmations.ts';
import { exemptionsIn } from '../dynamodb/exemptions.ts';
import { groupRecordsIn } from '../dynamodb/group-records.ts';
import { fullLedgerIn } from '../dynamodb/ledger/ledger.ts';
import { tableOf } from '../dynamodb/table.ts';
import { functionsClient, reevaluationQueue } from '../lambda.ts';
import { cellNotifier } from '../sns.ts';
import type { CellSettings } from './cell.ts';

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
  readonly bursts: AlertBursts;
  readonly confirmations: Confirmations;
} {
  const table = tableOf(cell);
  return {
    ledger: fullLedgerIn(table),
    exemptions: exemptionsIn(table),
    budget: budgetIn(table),
    notifier: cellNotifier(cell),
    records: groupRecordsIn(table),
    bursts: burstsIn(table),
    confirmations: confirmationsIn(table),
    reevaluation: reevaluationQueue(functionsClient(cell.clients), cell.changeFunction),
    clock: cell.clock,
  };
}
