import { expect, it } from 'vitest';
import { digestEntryOf } from '../../shared/remediation/notify.ts';
import { outcomeOf, planOf, START } from '../contract/ledger/samples.ts';

const DAY = 86_400_000;

function failed(plannedAt: number, broughtAt: number) {
  const plan = planOf('a');
  return outcomeOf({ ...plan, at: plannedAt, change: { ...plan.change, at: broughtAt } }, { status: 'failed' });
}

it('counts what failed and was brought back by the time it came back, not in the minute whose digest people have read', () => {
  const [first, again] = [digestEntryOf(failed(START + 2000, START)), digestEntryOf(failed(START + 2000, START + DAY))];
  expect([first.at, again.at]).toEqual([START + 2000, START + DAY]);
});
