import type { Outcome } from '../../domain/decision.ts';
import { originOf } from './origin.ts';
import { actorText, timeText } from './person.ts';

/** Actors named before the rest is counted. */
const MOST_ACTORS = 5;

const named = ({ plan, fight }: Outcome): string => {
  const actors = fight?.actors ?? [];
  if (actors.length === 0) return 'nobody that the events name';
  const more = actors.length > MOST_ACTORS ? `; and ${actors.length - MOST_ACTORS} more` : '';
  const origin = originOf(plan.decision.group.tags);
  const code = origin === undefined ? '' : ` (the group's tags say: ${origin})`;
  return `${actors.slice(0, MOST_ACTORS).map(actorText).join('; ')}${more}${code}`;
};

/** A fight in words: how often, since when, by whom, and that it goes on being closed. */
export const fightRemarks = (outcome: Outcome): readonly string[] => {
  const { fight } = outcome;
  if (fight === undefined) return [];
  return [
    `The same rule has come back ${fight.times} times since ${timeText(fight.since)}, by ${named(outcome)}; closed again.`,
    `It goes on being closed each time; people are told again when it has come back ${fight.times * 2} times. Take it out where it comes from.`,
  ];
};
