import type { GrantPorts } from '../../../domain/grants.ts';
import type { GroupRecords } from '../../../domain/group-record.ts';
import type { Storms } from '../../../domain/notifications/storm.ts';
import type { Confirmations } from '../../../domain/requests/confirmation.ts';
import { budgetAccount } from '../dynamodb/budget/budget.ts';
import { stormsIn } from '../dynamodb/bursts/bursts.ts';
import { confirmationsIn } from '../dynamodb/confirmations.ts';
import { exemptionsIn } from '../dynamodb/exemptions/exemptions.ts';
import { groupRecordsIn } from '../dynamodb/group-records/group-records.ts';
import { tableOf } from '../dynamodb/ledger/ledger.ts';
import { register } from '../dynamodb/ledger/register.ts';
import { functionsClient } from '../lambda/invoke.ts';
import { reexamine } from '../lambda/reexamine.ts';
import { cellNotices } from '../sns/cell-notices.ts';
import type { Cell } from './cell.ts';

/** What the functions that people and the clock call know about their cell. */
export interface RecordCell extends Cell {
  /** Name of the function that closes. */
  readonly changeFunction: string;
}

/** The records of the cell, its voice, and the way to have groups looked at again: make these once per container. */
export const recordPorts = (
  cell: RecordCell,
): Pick<GrantPorts, 'register' | 'exemptions' | 'budget' | 'notices' | 'reexamine' | 'clock'> & {
  readonly records: GroupRecords;
  readonly storms: Storms;
  readonly confirmations: Confirmations;
} => {
  const table = tableOf(cell);
  return {
    register: register(table),
    exemptions: exemptionsIn(table),
    budget: budgetAccount(table),
    notices: cellNotices(cell),
    records: groupRecordsIn(table),
    storms: stormsIn(table),
    confirmations: confirmationsIn(table),
    reexamine: reexamine(functionsClient(cell.clients), cell.changeFunction),
    clock: cell.clock,
  };
};
