import { describe, expect, test } from 'vitest';
import { claimClauses } from './claim-clauses.ts';
import type { Clause, Subject } from './clause.ts';
import { noteClauses } from './note-clauses.ts';

const CLAUSES: readonly Clause[] = [...claimClauses, ...noteClauses];

/** Runs the contract of what is remembered of deliveries, each clause on an empty record. */
export function deliveriesContract(empty: () => Promise<Subject>): void {
  test('every clause has a sentence of its own', () => {
    expect(new Set(CLAUSES.map(({ says }) => says)).size).toBe(CLAUSES.length);
  });

  describe('deliveries contract', () => {
    test.each(CLAUSES.map((clause) => [clause.says, clause] as const))('%s', async (_says, clause) => {
      await expect(clause.check(await empty())).resolves.toBeUndefined();
    });
  });
}
