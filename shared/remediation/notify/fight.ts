import type { Actor } from '../../domain/change.ts';
import type { Fight, Outcome } from '../../domain/decision.ts';
import type { Episode } from '../../domain/episode.ts';
import { canonicalKey } from '../../network/canonical.ts';

const key = ({ arn, name, tool }: Actor): string => [arn, name, tool].join(' ');

const keyOf = ({ actor }: Episode): string => (actor === undefined ? '' : key(actor));

/** Openings of one content, each event once, and which of them people were told of as a fight. */
interface Rounds {
  readonly opened: readonly Episode[];
  readonly told: readonly Episode[];
}

const roundsOf = (content: string, episodes: readonly Episode[]): Rounds => {
  const ours = episodes.filter((one) => one.content === content);
  const told = new Set(ours.filter(({ what }) => what === 'told').map(({ changeId }) => changeId));
  const opened = ours.filter(({ what }) => what === 'opened');
  const once = [...new Map(opened.map((one) => [one.changeId, one])).values()];
  return { opened: once, told: once.filter(({ changeId }) => told.has(changeId)) };
};

/**
 * Whether people know of the fight as it is: they were told of one, it has not doubled since (3, 6, 12, …), and everybody who is at it was
 * in what they were told. By what they were told, not by the number alone: who opens and closes by himself makes the number what he likes.
 */
const isKnown = ({ opened, told }: Rounds, from: number): boolean => {
  if (told.length < from) return false;
  let next = from;
  while (next <= told.length) next *= 2;
  const known = new Set(told.map(keyOf));
  return opened.length < next && opened.every((one) => known.has(keyOf(one)));
};

const allRounds = (outcome: Outcome, episodes: readonly Episode[]): readonly Rounds[] =>
  [...new Set(outcome.removed.map(canonicalKey))].map((content) => roundsOf(content, episodes));

/**
 * Whether what was just closed has been opened time and again: somebody, mostly a tool, puts it back. It goes on being closed; people
 * are told of the fight in place of each round. Nothing is kept quiet beside it: a plan that closed anything else is told.
 *
 * @param from openings within a day from which on it is one
 */
export const fightOver = (outcome: Outcome, episodes: readonly Episode[], from: number): Fight | undefined => {
  const all = allRounds(outcome, episodes);
  const opened = all.toSorted((a, b) => b.opened.length - a.opened.length)[0]?.opened ?? [];
  if (opened.length < from) return undefined;
  const actors = new Map(opened.flatMap(({ actor }) => (actor === undefined ? [] : [[key(actor), actor] as const])));
  return {
    times: opened.length,
    since: Math.min(...opened.map(({ at }) => at)),
    actors: [...actors.values()],
    // A failure is news whatever else is known.
    quiet: outcome.status === 'done' && all.every((rounds) => isKnown(rounds, from)),
  };
};

/** What goes on record once people were told of a fight: every opening of it that they have not been told of before. */
export const toldOf = (outcome: Outcome, episodes: readonly Episode[], from: number): readonly Episode[] =>
  allRounds(outcome, episodes)
    .filter(({ opened }) => opened.length >= from)
    .flatMap(({ opened, told }) => opened.filter((one) => !told.includes(one)))
    .map((one) => ({ ...one, what: 'told' }));
