import type { WorldThreshold } from '../model/options.ts';
import type { Direction, Rule } from '../model/rule.ts';
import { type Judge, judgeOf } from './judge.ts';
import { type Reach, reachesOf } from './reach.ts';

/** Rules of one direction made ready for questions about the world. */
export interface Prepared {
  readonly reaches: readonly Reach[];
  readonly judge: Judge;
}

/** By list of rules. Lists are never changed, and half a dozen controls ask about the same one: preparing it once halves what they cost. */
const known = new WeakMap<readonly Rule[], Map<string, Prepared>>();

/** What the rules of a direction let in, and a judge of it; from memory where the same list was asked about before. */
export const prepare = (rules: readonly Rule[], direction: Direction, world: WorldThreshold): Prepared => {
  const key = `${direction} ${world.ipv4} ${world.ipv6}`;
  const ofRules = known.get(rules) ?? new Map<string, Prepared>();
  const found = ofRules.get(key);
  if (found !== undefined) return found;
  const reaches = reachesOf(rules, direction);
  const prepared = { reaches, judge: judgeOf(reaches, world) };
  known.set(rules, ofRules.set(key, prepared));
  return prepared;
};
