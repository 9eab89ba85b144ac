/**
 * Names of the ledger's table, declared once for the adapter, the stack and the embedded account: one item for each plan,
 * all plans of a group side by side.
 */
export const LEDGER_TABLE = {
  partitionKey: 'groupId',
  sortKey: 'planId',
  /** Seconds since the epoch after which DynamoDB may delete the item; only settled entries have it. */
  ttl: 'expiresAt',
  /**
   * Holds the entries that were reserved and not settled, by group, oldest first; settling takes an entry out. So reading a group's
   * open entries costs the same however many removals it has seen.
   */
  unsettled: { index: 'unsettled', partitionKey: 'unsettled', sortKey: 'reservedAt' },
} as const;

/** How long an invocation holds a plan before another may take it over, ms. Longer than a function may run. */
export const LEASE_MS = 90_000;
