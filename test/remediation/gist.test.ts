import { expect, it } from 'vitest';
import { gistOf } from '../../shared/remediation/notify/gist.ts';
import { outcomeOf, planOf, START } from '../contract/ledger/samples.ts';

const DAY = 86_400_000;

const failed = (plannedAt: number, broughtAt: number) => {
  const plan = planOf('a');
  return outcomeOf({ ...plan, at: plannedAt, change: { ...plan.change, at: broughtAt } }, { status: 'failed' });
};

it('counts what failed and was brought back by the time it came back, not in the minute whose digest people have read', () => {
  const [first, again] = [gistOf(failed(START + 2000, START)), gistOf(failed(START + 2000, START + DAY))];
  expect([first.at, again.at]).toEqual([START + 2000, START + DAY]);
});
