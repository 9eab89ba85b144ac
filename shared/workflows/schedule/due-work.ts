import { remediationId } from '../../domain/decision.ts';
import type { GroupRecord, Recheck } from '../../domain/group-record.ts';
import {
  type ApprovalAnswer,
  CONFIRM_WITHIN_MS,
  type LedgerEntry,
  type PendingConfirmation,
} from '../../domain/ledger.ts';
import { type AlertBurst, minuteEnd, type Notification } from '../../domain/notification.ts';
import type { Policy } from '../../domain/policy.ts';
import { confirmChange } from '../../remediation/confirm.ts';
import { settleAll } from '../../remediation/settle-all.ts';
import { applyAnswer, unappliedAnswers } from '../common/answers.ts';
import { requestInBatches } from '../common/reexamine.ts';
import type { DutyResult, ScheduleCell } from './cell.ts';

/** Plans that a dead invocation left open: a new evaluation of the group finishes them. */
export async function abandonedPlans({ ports }: ScheduleCell): Promise<readonly (() => Promise<DutyResult>)[]> {
  const entries = await ports.ledger.abandoned();
  const places = new Map(entries.map(({ plan }) => [`${plan.change.region} ${plan.decision.group.id}`, plan]));
  return [...places.values()].map(({ decision, change }) => async () => {
    await ports.reevaluation.requestEvaluation([decision.group.id], change.region);
    return { what: 'looked-again', id: decision.group.id };
  });
}

/** How long a running invocation has to apply an answer, ms. */
const GRACE_MS = 120_000;

const HOUR_MS = 3_600_000;

function isOver({ outcome }: LedgerEntry, { approval }: Policy, now: number): boolean {
  return outcome !== undefined && outcome.at + approval.withinMs <= now;
}

/** A timeout never starts a migration, because it moves what is in use. */
function verdictOf({ plan }: LedgerEntry, { approval }: Policy): Pick<ApprovalAnswer, 'verdict' | 'reason'> {
  const reason = `nobody answered within ${Math.round(approval.withinMs / HOUR_MS)} hours`;
  if (approval.otherwise === 'decline') return { verdict: 'declined', reason };
  return plan.decision.remedy === 'migrate'
    ? { verdict: 'declined', reason: `${reason}, and a migration begins only when a person releases it` }
    : { verdict: 'released', reason };
}

async function answerFor(entry: LedgerEntry, { policy, ports }: ScheduleCell): Promise<DutyResult> {
  const by = { name: 'portcullis', through: 'policy' } as const;
  const wanted = { ...verdictOf(entry, policy), by, at: ports.clock.now() };
  await applyAnswer(entry, await ports.ledger.recordAnswer(entry, wanted), { ports });
  return { what: 'answered', id: remediationId(entry.plan) };
}

/** Pending plans whose time for an answer is over, answered as the policy says. */
export async function overdueApprovals(cell: ScheduleCell): Promise<readonly (() => Promise<DutyResult>)[]> {
  const now = cell.ports.clock.now();
  const pending = await cell.ports.ledger.waiting('pending');
  return pending
    .filter((entry) => isOver(entry, cell.policy, now))
    .map((entry) => async () => await answerFor(entry, cell));
}

/** Answers that an invocation recorded and did not apply. */
export async function interruptedAnswers(cell: ScheduleCell): Promise<readonly (() => Promise<DutyResult>)[]> {
  const now = cell.ports.clock.now();
  const broken = (await unappliedAnswers(cell)).filter(({ answer }) => answer.at + GRACE_MS <= now);
  return broken.map((entry) => async () => {
    await applyAnswer(entry, entry.answer, cell);
    return { what: 'handed-on', id: remediationId(entry.plan) };
  });
}

type Due = GroupRecord & { readonly recheck: Recheck };

function isDue(record: GroupRecord): record is Due {
  return record.recheck !== undefined;
}

function placeOf({ recheck: { region, account, hold } }: Due): string {
  return JSON.stringify([region, account, hold]);
}

/**
 * Requests an evaluation of groups, and only then marks their rechecks as done, so that none is lost. Throws
 * CallFailed, or the first fault.
 */
async function recheckBatch(some: readonly Due[], { ports }: ScheduleCell): Promise<void> {
  const [first] = some;
  if (first === undefined) return;
  const { region, hold } = first.recheck;
  const ids = some.map(({ groupId }) => groupId);
  await ports.reevaluation.requestEvaluation(ids, region, ...(hold ? (['hold'] as const) : []));
  const { faults } = await settleAll(
    some.map(async ({ groupId, recheck }) => await ports.records.completeRecheck(groupId, recheck)),
  );
  if (faults.length > 0) throw faults[0];
}

async function recheckAll(all: readonly Due[], cell: ScheduleCell): Promise<DutyResult> {
  await requestInBatches(all, cell.ports.clock, async (some) => await recheckBatch(some, cell));
  const [first] = all;
  return { what: 'looked-again', id: `${first?.groupId ?? ''}${all.length > 1 ? ` and ${all.length - 1} more` : ''}` };
}

/** Groups that are due for a recheck: their record is confirmed now, or an event did not come. */
export async function dueRechecks(cell: ScheduleCell): Promise<readonly (() => Promise<DutyResult>)[]> {
  const due = (await cell.ports.records.dueForRecheck()).filter(isDue);
  return [...Map.groupBy(due, placeOf).values()].map((all) => async () => await recheckAll(all, cell));
}

/**
 * One notification for bursts that were closed together. Its id is their closing time, so a notification
 * about only some of them has the id that people already have.
 */
function burstNotification(closedAt: number, storms: readonly AlertBurst[]): Extract<Notification, { what: 'storm' }> {
  const minutes = storms.map(({ minute }) => minute);
  const gists = storms.flatMap((storm) => storm.gists);
  return {
    id: `storm ${closedAt}`,
    what: 'storm',
    account: gists[0]?.account ?? '',
    from: Math.min(...minutes),
    until: minuteEnd(Math.max(...minutes)),
    gists,
  };
}

/** Removes the bursts only after the notification, so a retry sends it again under the same id. */
async function announceBursts(
  notification: Notification,
  storms: readonly AlertBurst[],
  { ports }: ScheduleCell,
): Promise<DutyResult> {
  await ports.notifier.notify(notification);
  await Promise.all(storms.map(async (storm) => await ports.bursts.remove(storm)));
  return { what: 'storm-told', id: notification.id };
}

/** One digest for all minutes of alert bursts that are over. */
export async function endedBursts(cell: ScheduleCell): Promise<readonly (() => Promise<DutyResult>)[]> {
  const storms = await cell.ports.bursts.finished();
  const together = Map.groupBy(storms, ({ closedAt }) => closedAt);
  return [...together].map(
    ([closedAt, some]) =>
      async () =>
        await announceBursts(burstNotification(closedAt, some), some, cell),
  );
}

/**
 * Maximum number of lookups in one run, and the pause between two, ms. CloudTrail allows two a second for an
 * account and region.
 */
const MOST_AT_ONCE = 20;
const PAUSE_MS = 600;

function ignoredNotification(one: Extract<PendingConfirmation, { what: 'exemption' }>): Notification {
  return {
    id: `exemption-ignored ${one.eventId} unconfirmed`,
    what: 'exemption-ignored',
    groupId: one.groupId,
    others: 0,
    because: `CloudTrail has not confirmed within an hour who set the tags (${one.because}): set them again, or use portcullis exempt`,
    asked: one.asked,
  };
}

/** Passes on what CloudTrail has confirmed. The receiver asks CloudTrail again. */
async function handOn(one: PendingConfirmation, { ports }: ScheduleCell): Promise<void> {
  return one.what === 'exemption'
    ? await ports.reevaluation.requestReplay(one.eventId, one.region)
    : await ports.grantQueue.requestGrants(one.groupId, one.planId);
}

/** on-grant itself refuses what was not confirmed in time, and notifies people. */
async function giveUp(one: PendingConfirmation, { ports }: ScheduleCell): Promise<void> {
  return one.what === 'exemption'
    ? await ports.notifier.notify(ignoredNotification(one))
    : await ports.grantQueue.requestGrants(one.groupId, one.planId);
}

/** Removes the entry only after it was passed on. Passing it on twice does no harm. */
function ending(
  one: PendingConfirmation,
  what: 'confirmed' | 'unconfirmed',
  cell: ScheduleCell,
): () => Promise<DutyResult> {
  return async () => {
    await (what === 'confirmed' ? handOn(one, cell) : giveUp(one, cell));
    await cell.ports.confirmations.remove(one);
    return { what, id: one.eventId };
  };
}

/** What waits for CloudTrail: passed on when CloudTrail has the event, and given up after an hour. */
export async function unconfirmedChanges(cell: ScheduleCell): Promise<readonly (() => Promise<DutyResult>)[]> {
  const { clock, confirmations } = cell.ports;
  const due: (() => Promise<DutyResult>)[] = [];
  for (const [index, one] of (await confirmations.pending()).slice(0, MOST_AT_ONCE).entries()) {
    if (index > 0) await clock.sleep(PAUSE_MS);
    const { eventId, region } = one;
    const answer = await confirmChange({ id: eventId, region }, cell.ports);
    if (answer.kind === 'confirmed') due.push(ending(one, 'confirmed', cell));
    else if (clock.now() - one.since >= CONFIRM_WITHIN_MS)
      due.push(ending({ ...one, because: answer.because }, 'unconfirmed', cell));
  }
  return due;
}
