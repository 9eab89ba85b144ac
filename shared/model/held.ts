import type { Plan } from './decision.ts';

/**
 * Whether a plan may be held at all: what a change brought never is, or decoys would buy an opening, and what a person let go is theirs.
 * So a plan that cannot be held goes on over an entry that is: what a sweep saw before its event came is closed by the event.
 */
export const mayBeHeld = ({ decision, released }: Pick<Plan, 'decision' | 'released'>): boolean =>
  released === undefined && decision.because.every(({ freshness }) => freshness === 'existing');
