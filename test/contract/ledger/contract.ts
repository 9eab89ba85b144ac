import { describe, expect, test } from 'vitest';
import { budgetClauses } from './budget-clauses.ts';
import { stormClauses } from './burst-clauses.ts';
import type { Clause, Subject } from './clause.ts';
import { episodeClauses } from './episode-clauses.ts';
import { exemptionClauses } from './exemption-clauses.ts';
import { recordClauses } from './group-record-clauses.ts';
import { lookupClauses } from './lookup-clauses.ts';
import { noteClauses } from './note-clauses.ts';
import { reserveClauses } from './reserve-clauses.ts';
import { settleClauses } from './settle-clauses.ts';
import { stateClauses } from './state-clauses.ts';
import { waitingClauses } from './waiting-clauses.ts';

const CLAUSES: readonly Clause[] = [
  ...reserveClauses,
  ...settleClauses,
  ...lookupClauses,
  ...stateClauses,
  ...waitingClauses,
  ...noteClauses,
  ...budgetClauses,
  ...exemptionClauses,
  ...episodeClauses,
  ...recordClauses,
  ...stormClauses,
];

/** Runs the contract of what a cell remembers, each clause on an empty state. */
export function ledgerContract(empty: () => Promise<Subject>): void {
  test('every clause has a sentence of its own', () => {
    expect(new Set(CLAUSES.map(({ says }) => says)).size).toBe(CLAUSES.length);
  });

  describe('ledger contract', () => {
    test.each(CLAUSES.map((clause) => [clause.says, clause] as const))('%s', async (_says, clause) => {
      await expect(clause.check(await empty())).resolves.toBeUndefined();
    });
  });
}
