import { canonicalKey } from '../exposure/canonical.ts';
import type { Actor } from '../model/change.ts';
import type { Fight, Outcome } from '../model/decision.ts';
import type { Episode } from '../model/episode.ts';

/** People are told at the first time that counts as a fight, and then each time it has doubled: 3, 6, 12, … */
const isTold = (times: number, from: number): boolean => {
  let next = from;
  while (next < times) next *= 2;
  return next === times;
};

const key = ({ arn, name, tool }: Actor): string => [arn, name, tool].join(' ');

/** Openings of the same content, by event: the one that came most often of what was removed. */
const openings = (outcome: Outcome, episodes: readonly Episode[]): readonly Episode[] => {
  const removed = new Set(outcome.removed.map(canonicalKey));
  const opened = episodes.filter(({ what, content }) => what === 'opened' && removed.has(content));
  const counted = [...Map.groupBy(opened, ({ content }) => content).values()].map((same) => [
    ...new Map(same.map((one) => [one.changeId, one])).values(),
  ]);
  return counted.toSorted((a, b) => b.length - a.length)[0] ?? [];
};

/**
 * Whether what was just closed has been opened time and again: somebody, mostly a tool, puts it back. It goes on being closed; people
 * are told of the fight in place of each round.
 *
 * @param from openings within a day from which on it is one
 */
export const fightOver = (outcome: Outcome, episodes: readonly Episode[], from: number): Fight | undefined => {
  const rounds = openings(outcome, episodes);
  if (rounds.length < from) return undefined;
  const actors = new Map(rounds.flatMap(({ actor }) => (actor === undefined ? [] : [[key(actor), actor] as const])));
  return {
    times: rounds.length,
    since: Math.min(...rounds.map(({ at }) => at)),
    actors: [...actors.values()],
    quiet: !isTold(rounds.length, from),
  };
};
