import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { LEDGER_TABLE } from './table.ts';

/** Partition of what is about no group in particular. */
export const ACCOUNT = 'account';

/** Partition of presses, which has nothing else in it: the function that anybody on the internet can call writes here and nowhere else. */
export const PRESSES = 'presses';

/** Partition of what waits for CloudTrail to confirm it. */
export const UNCONFIRMED = 'unconfirmed';

/** What the sort key of each kind of item begins with; of the budget and a group's record, which are one item, all of it. */
export const RECORDS = {
  plan: 'plan#',
  exemption: 'exemption#',
  episode: 'episode#',
  budget: 'budget',
  group: 'group',
  press: 'press#',
  thread: 'thread#',
  delivery: 'delivery#',
  storm: 'storm#',
  gist: 'gist#',
  unconfirmed: 'unconfirmed#',
} as const;

/** Partition of the history where exemptions are; remediations are in their months. */
export const EXEMPTIONS_CHAPTER = 'exemptions';

/** Partition of the history for remediations that were planned in the same month as `ms`: `2026-05`. */
export const chapterOf = (ms: number): string => new Date(ms).toISOString().slice(0, 7);

/** Primary key of an item. */
export const itemKey = (subject: string, record: string): Record<string, AttributeValue> => ({
  [LEDGER_TABLE.partitionKey]: { S: subject },
  [LEDGER_TABLE.sortKey]: { S: record },
});

/** Primary key of a plan's entry. */
export const planKey = (groupId: string, planId: string): Record<string, AttributeValue> =>
  itemKey(groupId, RECORDS.plan + planId);

/** Where the notes of a plan begin. No plan id has a `#`, so that no other plan's items sort between. */
export const notesPrefix = (planId: string): string => `${RECORDS.plan}${planId}#`;

/** The plan that an entry's or a note's sort key names. */
export const planIdOf = (record: string): string => record.slice(RECORDS.plan.length).split('#')[0] ?? '';

/** Milliseconds as text that sorts by time until the year 33658. */
export const sortableTime = (ms: number): string => String(ms).padStart(15, '0');
