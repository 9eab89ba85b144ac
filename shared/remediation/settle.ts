import { isAboutCanary } from '../domain/canary.ts';
import type { Outcome } from '../domain/decision.ts';
import { Unfinished } from '../domain/errors.ts';
import type { Episode } from '../domain/group-record.ts';
import type { RemediationCell } from './cell.ts';
import { publishFinding } from './external-findings.ts';
import { joinsDigest, notifiedOpenings, reopenLoopOf } from './notify.ts';
import { recordRemoval } from './own-change.ts';
import { settleAll } from './settle-all.ts';

/** Everybody else was faster: there is nothing to tell. */
function nothingHappened({ status, removed, plan }: Outcome): boolean {
  return (
    status === 'done' &&
    removed.length === 0 &&
    !plan.decision.findings.some(({ removedRules }) => removedRules !== undefined)
  );
}

/** Nobody wants to hear of the canary's marker, unless it could not be closed. */
function isQuietCanary({ status, plan: { decision } }: Outcome): boolean {
  return isAboutCanary(decision) && status !== 'failed';
}

function isSilent(outcome: Outcome): boolean {
  return nothingHappened(outcome) || isQuietCanary(outcome);
}

/** Whether somebody has to grant something after it, in place of what was removed or of what the change took away. */
function needsGrants({ removed, plan }: Outcome): boolean {
  return (
    (removed.length > 0 && plan.decision.remedy === 'narrow') ||
    (plan.decision.mode === 'enforce' && plan.decision.findings.some(({ removedRules }) => removedRules !== undefined))
  );
}

async function episodesFor({ removed, plan }: Outcome, { ports }: RemediationCell): Promise<readonly Episode[]> {
  return removed.length === 0 ? [] : await ports.episodes.of(plan.decision.group.id);
}

/**
 * Tells people, unless they know, or it is kept for the digest of a storm. That they were told of a fight is recorded after it: told twice
 * is better than not at all.
 */
async function notify(outcome: Outcome, episodes: readonly Episode[], cell: RemediationCell): Promise<void> {
  const { policy, ports } = cell;
  if (isSilent(outcome) || outcome.reopenLoop?.quiet === true || (await joinsDigest(outcome, cell))) return;
  await ports.notifier.publish(outcome);
  if (outcome.reopenLoop !== undefined)
    await ports.episodes.record(notifiedOpenings(outcome, episodes, policy.reopenLoopFrom));
}

/** The outcome as people were told it. */
async function notified(ended: Outcome, cell: RemediationCell): Promise<Outcome> {
  const episodes = await episodesFor(ended, cell);
  const fight = reopenLoopOf(ended, episodes, cell.policy.reopenLoopFrom);
  const outcome = fight === undefined ? ended : { ...ended, reopenLoop: fight };
  await notify(outcome, episodes, cell);
  return outcome;
}

async function requestGrants({ plan }: Outcome, { ports }: RemediationCell): Promise<void> {
  return await ports.handover.requestGrants(plan.decision.group.id, plan.id);
}

/** Also where everybody else was faster: an earlier plan may have told other systems that it is open. */
async function publishUnlessQuiet(outcome: Outcome, cell: RemediationCell): Promise<void> {
  if (!isQuietCanary(outcome)) await publishFinding(outcome, cell);
}

/**
 * What is done after the act: people are told and the removal is remembered as our own, what is to be granted is handed on, other systems
 * are told, then the entry is closed.
 * Until all is done the entry is its own outbox. Throws CallFailed, Unfinished.
 */
export async function notifyAndSettle(ended: Outcome, cell: RemediationCell): Promise<Outcome> {
  const recording = settleAll([recordRemoval(ended, cell.ports)]);
  const outcome = await notified(ended, cell);
  const { faults } = await recording;
  if (faults.length > 0) throw new Unfinished(faults);
  if (needsGrants(outcome)) await requestGrants(outcome, cell);
  await publishUnlessQuiet(outcome, cell);
  await cell.ports.ledger.settle(outcome);
  cell.ports.journal({ what: 'settled', outcome });
  return outcome;
}
