/**
 * Names of the ledger's table, declared once for the adapters, the stack and the embedded account. One table
 * holds everything that the cell stores. The prefix of an item's sort key tells its kind (see `SORT_KEYS`).
 * An item is in an index if it has the index's keys.
 */
export const LEDGER_TABLE = {
  /** A group id, `ACCOUNT`, or one of the other partitions below. */
  partitionKey: 'subject',
  sortKey: 'record',
  /** Seconds since the epoch after which DynamoDB may delete the item. Open and waiting plans have none. */
  ttl: 'expiresAt',
  /**
   * The present state of a group: open plans, exemptions that nobody has ended, and the group's record. A
   * local index, so that one consistent query reads all of it, and its cost does not grow with the history of
   * the group. Episodes are not in it: few changes need them, and a rule that is opened 30 times would add 13
   * KB to every read.
   */
  current: { index: 'current', sortKey: 'current' },
  /**
   * Items to look at by time: plans that wait (`pending`, `held`, `answered`) or are open (`unsettled`),
   * groups to check again (`recheck`), and minutes whose digest is still to be sent (`burst`).
   */
  due: { index: 'due', partitionKey: 'dueAs', sortKey: 'dueAt', sortType: 'N', carries: [] },
  /** Remediations by month and id, so that no partition grows without end, and all exemptions by id. */
  history: { index: 'history', partitionKey: 'period', sortKey: 'publicId', sortType: 'S', carries: ['exemption'] },
} as const;

/**
 * How long an invocation holds a plan before another may take it over, ms. Longer than a function may run.
 */
export const LEASE_MS = 90_000;

/** Partition of the items that are about no single group. */
export const ACCOUNT = 'account';

/**
 * Partition of action requests, and of nothing else: on-action, which anyone on the internet can call, may
 * write only here.
 */
export const ACTIONS = 'actions';

/** Partition of the requests that CloudTrail has yet to confirm. */
export const UNCONFIRMED = 'unconfirmed';

/**
 * Prefix of the sort key of each kind of item. `budget` and `groupRecord` are whole sort keys, because there
 * is one item each.
 */
export const SORT_KEYS = {
  plan: 'plan#',
  exemption: 'exemption#',
  episode: 'episode#',
  budget: 'budget',
  groupRecord: 'group',
  action: 'action#',
  thread: 'thread#',
  delivery: 'delivery#',
  burst: 'burst#',
  digestEntry: 'digest#',
  unconfirmed: 'unconfirmed#',
} as const;

/** Partition of the history that holds the exemptions. Remediations are in the partition of their month. */
export const EXEMPTIONS_PARTITION = 'exemptions';

/** Partition of the history for remediations that were planned in the same month as `ms`: `2026-05`. */
export function historyPartition(ms: number): string {
  return new Date(ms).toISOString().slice(0, 7);
}

/** The primary key of an item. */
export type ItemKey = Readonly<Record<'subject' | 'record', string>>;

/** Primary key of a plan's entry. */
export function planKey(groupId: string, planId: string): ItemKey {
  return { subject: groupId, record: SORT_KEYS.plan + planId };
}

/**
 * Prefix of the sort keys of a plan's notes. No plan id contains `#`, so no item of another plan sorts
 * between them.
 */
export function notesPrefix(planId: string): string {
  return `${SORT_KEYS.plan}${planId}#`;
}

/** The plan id in the sort key of an entry or a note. */
export function planIdOf(record: string): string {
  return record.slice(SORT_KEYS.plan.length).split('#')[0] ?? '';
}

/** Milliseconds as text that sorts by time until the year 33658. */
export function sortableTime(ms: number): string {
  return String(ms).padStart(15, '0');
}

/**
 * Longest sort key, bytes. DynamoDB rejects a longer one with a client error, which would count as a failure
 * of the function.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
const MAX_SORT_KEY_BYTES = 1024;

/** Whether DynamoDB accepts a text as sort key. No item has a longer one. */
export function fitsSortKey(text: string): boolean {
  return new TextEncoder().encode(text).length <= MAX_SORT_KEY_BYTES;
}
