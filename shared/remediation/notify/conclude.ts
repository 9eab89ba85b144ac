import { isAboutCanary } from '../../domain/canary.ts';
import type { Outcome } from '../../domain/decision.ts';
import type { Episode } from '../../domain/episode.ts';
import { Unfinished } from '../../domain/errors.ts';
import type { Cell } from '../cell.ts';
import { recordRemoval } from '../own-change.ts';
import { side } from '../side.ts';
import { fightOver, toldOf } from './fight.ts';
import { isGathered } from './gathering.ts';
import { report } from './report.ts';

/** Everybody else was faster: there is nothing to tell. */
const nothingHappened = ({ status, removed, plan }: Outcome): boolean =>
  status === 'done' && removed.length === 0 && !plan.decision.because.some(({ lost }) => lost !== undefined);

/** Nobody wants to hear of the canary's marker, unless it could not be closed. */
const isQuiet = ({ status, plan: { decision } }: Outcome): boolean => isAboutCanary(decision) && status !== 'failed';

const isNoNews = (outcome: Outcome): boolean => nothingHappened(outcome) || isQuiet(outcome);

/** Whether somebody has to grant something after it, in place of what was removed or of what the change took away. */
const isFollowed = ({ removed, plan }: Outcome): boolean =>
  (removed.length > 0 && plan.decision.remedy === 'narrow') ||
  (plan.decision.mode === 'enforce' && plan.decision.because.some(({ lost }) => lost !== undefined));

const episodesFor = async ({ removed, plan }: Outcome, { ports }: Cell): Promise<readonly Episode[]> =>
  removed.length === 0 ? [] : await ports.episodes.of(plan.decision.group.id);

/**
 * Tells people, unless they know, or it is kept for the digest of a storm. That they were told of a fight is recorded after it: told twice
 * is better than not at all.
 */
const tell = async (outcome: Outcome, episodes: readonly Episode[], cell: Cell): Promise<void> => {
  const { policy, ports } = cell;
  if (isNoNews(outcome) || outcome.fight?.quiet === true || (await isGathered(outcome, cell))) return;
  await ports.notices.publish(outcome);
  if (outcome.fight !== undefined) await ports.episodes.record(toldOf(outcome, episodes, policy.fightFrom));
};

/** The outcome as people were told it. */
const told = async (ended: Outcome, cell: Cell): Promise<Outcome> => {
  const episodes = await episodesFor(ended, cell);
  const fight = fightOver(ended, episodes, cell.policy.fightFrom);
  const outcome = fight === undefined ? ended : { ...ended, fight };
  await tell(outcome, episodes, cell);
  return outcome;
};

const follow = async ({ plan }: Outcome, { ports }: Cell): Promise<void> =>
  await ports.handover.follow(plan.decision.group.id, plan.id);

/** Also where everybody else was faster: an earlier plan may have told other systems that it is open. */
const reportNews = async (outcome: Outcome, cell: Cell): Promise<void> => {
  if (!isQuiet(outcome)) await report(outcome, cell);
};

/**
 * What is done after the act: people are told and the removal is remembered as our own, what is to be granted is handed on, other systems
 * are told, then the entry is closed.
 * Until all is done the entry is its own outbox. Throws CallFailed, Unfinished.
 */
export const conclude = async (ended: Outcome, cell: Cell): Promise<Outcome> => {
  const recording = side([recordRemoval(ended, cell.ports)]);
  const outcome = await told(ended, cell);
  const { faults } = await recording;
  if (faults.length > 0) throw new Unfinished(faults);
  if (isFollowed(outcome)) await follow(outcome, cell);
  await reportNews(outcome, cell);
  await cell.ports.ledger.settle(outcome);
  cell.ports.journal({ what: 'settled', outcome });
  return outcome;
};
