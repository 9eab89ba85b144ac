import type { Outcome } from '../domain/decision.ts';
import { Unfinished } from '../domain/errors.ts';
import type { NotRemovedReason } from '../domain/reasons.ts';
import type { RemediationCell } from './cell.ts';
import { modeReason } from './decide/effective-mode.ts';
import { publishFinding } from './external-findings.ts';
import { decideNotification, isQuietCanary, notify, reopenLoopOf } from './notify.ts';
import { recordRemoval } from './own-change.ts';
import { settleAll } from './settle-all.ts';

/**
 * Everything after a plan was applied: notifies people, records the removal as our own change, requests
 * grants that follow the removal, publishes the finding to other systems, and settles the ledger entry. Until
 * it is settled, the entry is its own outbox. Throws CallFailed, Unfinished.
 */
export async function notifyAndSettle(applied: Outcome, cell: RemediationCell): Promise<Outcome> {
  const { ports, policy } = cell;
  const recording = settleAll([recordRemoval(applied, ports)]);
  const { decision, id } = applied.plan;
  const episodes = applied.removed.length === 0 ? [] : await ports.episodes.of(decision.group.id);
  const reopenLoop = reopenLoopOf(applied, episodes, policy.reopenLoopFrom);
  const outcome: Outcome = reopenLoop === undefined ? applied : { ...applied, reopenLoop };
  await notify(outcome, episodes, cell);
  const { faults } = await recording;
  if (faults.length > 0) throw new Unfinished(faults);
  if (needsGrants(outcome)) await ports.grantQueue.requestGrants(decision.group.id, id);
  // Also if somebody else had removed the rule: other systems may still have the finding as open.
  if (!isQuietCanary(outcome)) await publishFinding(outcome, cell);
  return await settle(outcome, cell);
}

/**
 * Settles a plan that is held although it did not use up the budget: another notification already says that
 * plans are held. Throws CallFailed.
 */
export async function settleHeld(outcome: Outcome, cell: RemediationCell): Promise<Outcome> {
  cell.ports.journal({ what: 'notification', outcome, decision: decideNotification(outcome, { allowance: 'held' }) });
  return await settle(outcome, cell);
}

async function settle(outcome: Outcome, { ports }: RemediationCell): Promise<Outcome> {
  await ports.ledger.settle(outcome);
  const notRemoved = notRemovedReason(outcome);
  ports.journal({ what: 'settled', outcome, ...(notRemoved && { notRemoved }) });
  return outcome;
}

/**
 * Whether a grant follows: narrower rules in place of the removed ones, or rules that the change took away.
 */
function needsGrants({ removed, plan: { decision } }: Outcome): boolean {
  return (
    (removed.length > 0 && decision.remedy === 'narrow') ||
    (decision.mode === 'enforce' && decision.findings.some(({ removedRules }) => removedRules !== undefined))
  );
}

/** Why a plan did not remove everything that it names; undefined if it did. Pure. */
function notRemovedReason({
  plan: { decision, hold },
  status,
  removed,
  changed,
}: Outcome): NotRemovedReason | undefined {
  switch (status) {
    case 'reported':
    case 'pending':
      return modeReason(decision);
    case 'held':
      return hold ? 'sweep-share' : 'budget-spent';
    case 'failed':
      return 'ec2-refused';
    case 'done':
      if (changed.length > 0) return 'rule-changed';
      return removed.length < decision.rules.length ? 'removed-by-others' : undefined;
    default:
      return status satisfies never;
  }
}
