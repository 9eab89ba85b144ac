import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/**
 * Names of the ledger's table, declared once for the adapters, the stack and the embedded account. One table holds all that the cell
 * remembers: an item's kind is the beginning of its sort key (see `RECORDS`), and each index holds only what has its keys.
 */
export const LEDGER_TABLE = {
  /** The group that the item is about, `ACCOUNT`, or a minute. */
  partitionKey: 'subject',
  sortKey: 'record',
  /** Seconds since the epoch after which DynamoDB may delete the item; what is open or waits has none. */
  ttl: 'expiresAt',
  /**
   * Plans that were reserved and not settled, by group; settling takes an entry out. So reading a group's open entries costs the same
   * however many removals it has seen.
   */
  unsettled: { index: 'unsettled', partitionKey: 'unsettled', sortKey: 'dueAt', sortType: 'N', carries: [] },
  /**
   * Plans of the account that wait (`pending`, `held`: since when) or are open (`unsettled`: until when they are left to their owner), and
   * minutes that people are to be told of (`storm`: when they are over).
   */
  due: { index: 'due', partitionKey: 'dueAs', sortKey: 'dueAt', sortType: 'N', carries: [] },
  /** Remediations by month and id, so that no partition grows for ever, and exemptions, whole, by id. */
  history: { index: 'history', partitionKey: 'chapter', sortKey: 'publicId', sortType: 'S', carries: ['exemption'] },
} as const;

/** How long an invocation holds a plan before another may take it over, ms. Longer than a function may run. */
export const LEASE_MS = 90_000;

/** Partition of what is about no group in particular. */
export const ACCOUNT = 'account';

/** Partition of presses, which has nothing else in it: the function that anybody on the internet can call writes here and nowhere else. */
export const ACTIONS = 'presses';

/** Partition of what waits for CloudTrail to confirm it. */
export const UNCONFIRMED = 'unconfirmed';

/** What the sort key of each kind of item begins with; of the budget and a group's record, which are one item, all of it. */
export const SORT_KEYS = {
  plan: 'plan#',
  exemption: 'exemption#',
  episode: 'episode#',
  budget: 'budget',
  groupRecord: 'group',
  action: 'press#',
  thread: 'thread#',
  delivery: 'delivery#',
  burst: 'storm#',
  digestEntry: 'gist#',
  unconfirmed: 'unconfirmed#',
} as const;

/** Partition of the history where exemptions are; remediations are in their months. */
export const EXEMPTIONS_PARTITION = 'exemptions';

/** Partition of the history for remediations that were planned in the same month as `ms`: `2026-05`. */
export function historyPartition(ms: number): string {
  return new Date(ms).toISOString().slice(0, 7);
}

/** Primary key of an item. */
export function itemKey(subject: string, record: string): Record<string, AttributeValue> {
  return {
    [LEDGER_TABLE.partitionKey]: { S: subject },
    [LEDGER_TABLE.sortKey]: { S: record },
  };
}

/** Primary key of a plan's entry. */
export function planKey(groupId: string, planId: string): Record<string, AttributeValue> {
  return itemKey(groupId, SORT_KEYS.plan + planId);
}

/** Where the notes of a plan begin. No plan id has a `#`, so that no other plan's items sort between. */
export function notesPrefix(planId: string): string {
  return `${SORT_KEYS.plan}${planId}#`;
}

/** The plan that an entry's or a note's sort key names. */
export function planIdOf(record: string): string {
  return record.slice(SORT_KEYS.plan.length).split('#')[0] ?? '';
}

/** Milliseconds as text that sorts by time until the year 33658. */
export function sortableTime(ms: number): string {
  return String(ms).padStart(15, '0');
}

/**
 * Longest sort key, bytes. DynamoDB refuses a longer one as a fault of the caller, which would count as a failure of the function.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
const MOST_BYTES = 1024;

/** Whether a text can be a sort key. Nothing is stored under any other. */
export function fitsSortKey(text: string): boolean {
  return new TextEncoder().encode(text).length <= MOST_BYTES;
}
