import type { WorldThreshold } from '../model/options.ts';
import type { Direction, Rule } from '../model/rule.ts';
import { type Judge, judgeOf } from './judge.ts';
import { type Reach, reachesOf } from './reach.ts';

/** Rules of one direction made ready for questions about the world. */
export interface Prepared {
  readonly reaches: readonly Reach[];
  readonly judge: Judge;
}

interface Remembered extends Prepared {
  readonly direction: Direction;
  readonly world: WorldThreshold;
}

/**
 * The answers about the list that was asked about last. Lists are never changed, and half a dozen controls ask about the same one, one
 * after the other: preparing it once halves what they cost. A WeakMap would do the same and keep 100,000 groups alive between two full
 * collections.
 */
let last: { readonly rules: readonly Rule[]; readonly answers: Remembered[] } | undefined;

/** What the rules of a direction let in, and a judge of it; from memory where the same list was asked about before. */
export const prepare = (rules: readonly Rule[], direction: Direction, world: WorldThreshold): Prepared => {
  if (last?.rules !== rules) last = { rules, answers: [] };
  const { answers } = last;
  const found = answers.find(
    (one) => one.direction === direction && one.world.ipv4 === world.ipv4 && one.world.ipv6 === world.ipv6,
  );
  if (found !== undefined) return found;
  const reaches = reachesOf(rules, direction);
  const prepared = { direction, world, reaches, judge: judgeOf(reaches, world) };
  answers.push(prepared);
  return prepared;
};
