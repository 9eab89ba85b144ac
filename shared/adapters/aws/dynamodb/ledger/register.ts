import type { Register } from '../../../../domain/ledger.ts';
import { answer } from './answer.ts';
import { noteCarried } from './carried.ts';
import { abandoned, answered, waiting } from './due.ts';
import { entries } from './entries.ts';
import { byId, newest } from './history.ts';
import type { Table } from './item.ts';
import { type Lease, ledger } from './ledger.ts';
import { notesOn } from './notes.ts';

/** The ledger in a DynamoDB table, as the functions use it that grant and that run by the clock. */
export function register(table: Table & Lease): Register {
  const notes = notesOn(table);
  return {
    ...ledger(table),
    entries: async (groupId) => await entries(table, groupId),
    noteProgress: notes.noteProgress,
    byId: async (remediationId) => await byId(table, remediationId),
    newest: async (most) => await newest(table, most),
    waiting: async (status) => await waiting(table, status),
    answered: async () => await answered(table),
    abandoned: async () => await abandoned(table),
    answer: async (entry, said) => await answer(table, entry, said),
    noteCarried: async (entry, progress) => await noteCarried(table, entry, progress, notes),
    noteFollowUp: notes.noteFollowUp,
  };
}
