import type { Confirmations } from '../model/confirmation.ts';
import type { GrantPorts } from '../model/grants.ts';
import type { GroupRecords } from '../model/group-record.ts';
import type { Storms } from '../model/storm.ts';
import { budgetAccount } from './budget.ts';
import type { Cell } from './cell.ts';
import { cellNotices } from './cell-notices.ts';
import { confirmationsIn } from './confirmations.ts';
import { exemptionsIn } from './exemptions.ts';
import { groupRecordsIn } from './group-record.ts';
import { functionsClient } from './invoke.ts';
import { tableOf } from './ledger.ts';
import { register } from './ledger-register.ts';
import { reexamine } from './reexamine.ts';
import { stormsIn } from './storms.ts';

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
