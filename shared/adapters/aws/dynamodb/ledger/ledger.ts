import type { FullLedger, Ledger } from '../../../../domain/ledger.ts';
import { LEASE_MS } from '../keys.ts';
import { bind, type Table } from '../table.ts';
import { noteAnswerDone, noteGrant, noteStep, writeAnswer } from './notes.ts';
import { readAbandoned, readAnswered, readEntries, readEntry, readEntryById, readNewest, readWaiting } from './read.ts';
import { reservePlan, settlePlan } from './reserve.ts';
import { readState } from './state.ts';

/** The ledger in a DynamoDB table, as the main flow uses it. An invocation holds a plan for `leaseMs`. */
export function ledgerIn(table: Table, leaseMs = LEASE_MS): Ledger {
  return bind(
    { ...table, leaseMs },
    { reserve: reservePlan, find: readEntry, settle: settlePlan, entries: readEntries, stateOf: readState },
  );
}

/** The ledger as the functions for people and for the schedule use it. */
export function fullLedgerIn(table: Table, leaseMs = LEASE_MS): FullLedger {
  let notes = 0;
  const nextNote = (): number => {
    notes += 1;
    return notes;
  };
  return {
    ...ledgerIn(table, leaseMs),
    ...bind(
      { ...table, nextNote },
      {
        findById: readEntryById,
        newest: readNewest,
        waiting: readWaiting,
        withOpenAnswer: readAnswered,
        abandoned: readAbandoned,
        recordAnswer: writeAnswer,
        recordStep: noteStep,
        completeAnswer: noteAnswerDone,
        recordGrant: noteGrant,
      },
    ),
  };
}
