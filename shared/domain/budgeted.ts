import type { Plan } from './decision.ts';

/**
 * Whether a plan is the budget's: it removes what was there before, of its own accord. What a change brought is never counted and never
 * held up: else decoys would buy an opening. What a person let go is theirs.
 */
export const isBudgeted = ({ decision, released }: Pick<Plan, 'decision' | 'released'>): boolean =>
  decision.mode === 'enforce' &&
  released === undefined &&
  decision.because.every(({ freshness }) => freshness === 'existing');
