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
