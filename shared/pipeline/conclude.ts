import type { Outcome } from '../model/decision.ts';
import { RemediatorError } from '../model/errors.ts';
import type { Cell } from './cell.ts';
import { fightOver } from './fight.ts';

/** Everybody else was faster: there is nothing to tell. */
const nothingHappened = ({ status, removed, plan }: Outcome): boolean =>
  status === 'done' && removed.length === 0 && !plan.decision.because.some(({ lost }) => lost !== undefined);

/** Whether somebody has to grant something after it: what was removed by mistake, or what is to stand in place of what was removed. */
const isFollowed = ({ drifted, removed, plan }: Outcome): boolean =>
  drifted.length > 0 ||
  (removed.length > 0 && plan.decision.remedy === 'narrow') ||
  (plan.decision.mode === 'enforce' && plan.decision.because.some(({ lost }) => lost !== undefined));

const withFight = async (outcome: Outcome, { policy, ports }: Cell): Promise<Outcome> => {
  if (outcome.removed.length === 0) return outcome;
  const episodes = await ports.episodes.of(outcome.plan.decision.group.id);
  const fight = fightOver(outcome, episodes, policy.fightFrom);
  return fight === undefined ? outcome : { ...outcome, fight };
};

/**
 * Tells other systems. What they refuse for good (a service that is not enabled) must not keep the entry open: each try would tell
 * people again. It goes into the journal, which an alarm stands on.
 */
const report = async (outcome: Outcome, { ports }: Cell): Promise<void> => {
  try {
    await ports.findings?.publish(outcome);
  } catch (error) {
    if (!(error instanceof RemediatorError) || error.retryable) throw error;
    ports.journal({ what: 'unreported', outcome, fault: error });
  }
};

/** Tells people, hands on what is to be granted, tells other systems, then closes the entry: until all is done the entry is its own outbox. */
export const conclude = async (ended: Outcome, cell: Cell): Promise<Outcome> => {
  const { ports } = cell;
  const outcome = await withFight(ended, cell);
  if (!nothingHappened(outcome) && outcome.fight?.quiet !== true) await ports.notices.publish(outcome);
  if (isFollowed(outcome)) await ports.handover.follow(outcome.plan.decision.group.id, outcome.plan.id);
  if (!nothingHappened(outcome)) await report(outcome, cell);
  await ports.ledger.settle(outcome);
  ports.journal({ what: 'settled', outcome });
  return outcome;
};
