import { isAboutCanary } from '../domain/canary.ts';
import type { Actor } from '../domain/change.ts';
import { type NotificationDecision, type Outcome, type ReopenLoop, remediationId } from '../domain/decision.ts';
import { worstSeverity } from '../domain/finding.ts';
import type { Episode } from '../domain/group-record.ts';
import type { Allowance } from '../domain/ledger.ts';
import type { DigestEntry } from '../domain/notification.ts';
import type { SuppressReason } from '../domain/reasons.ts';
import { canonicalKey } from '../network/rule-key.ts';
import type { RemediationCell } from './cell.ts';

/** What is known about an outcome besides the outcome itself. */
interface NotificationContext {
  /** Absent for a plan that uses no budget. */
  readonly allowance?: Allowance;
  /** Whether the alert burst of this minute has taken the outcome into its digest. Absent: not asked yet. */
  readonly burst?: 'alone' | 'gathered';
}

/** Whether people are notified of an outcome. Pure. */
export function decideNotification(
  outcome: Outcome,
  { allowance, burst }: NotificationContext = {},
): NotificationDecision {
  const { status, plan, reopenLoop } = outcome;
  if (nothingHappened(outcome)) return suppress('nothing-removed');
  if (isQuietCanary(outcome)) return suppress('canary');
  if (status === 'held' && allowance === 'held') return suppress(plan.hold ? 'sweep-reported' : 'budget-reported');
  if (reopenLoop?.quiet === true) return suppress('known-reopen-loop');
  return burst === 'gathered' ? suppress('in-digest') : { kind: 'send' };
}

function suppress(reason: SuppressReason): NotificationDecision {
  return { kind: 'suppress', reason };
}

/** Whether somebody else had removed all rules, and there is nothing to give back. */
function nothingHappened({ status, removed, plan }: Outcome): boolean {
  return (
    status === 'done' &&
    removed.length === 0 &&
    !plan.decision.findings.some(({ removedRules }) => removedRules !== undefined)
  );
}

/**
 * Whether the outcome is about the canary's marker, which people hear about only if it could not be removed.
 */
export function isQuietCanary({ status, plan: { decision } }: Outcome): boolean {
  return isAboutCanary(decision) && status !== 'failed';
}

/**
 * Notifies people of an outcome, or suppresses the notification, and journals which. Records the openings of
 * a reopen loop only after people were notified: two notifications are better than none. Throws CallFailed.
 */
export async function notify(outcome: Outcome, episodes: readonly Episode[], cell: RemediationCell): Promise<void> {
  const { policy, ports } = cell;
  const first = decideNotification(outcome);
  const decision =
    first.kind === 'send' ? decideNotification(outcome, { burst: await admitToBurst(outcome, cell) }) : first;
  ports.journal({ what: 'notification', outcome, decision });
  if (decision.kind === 'suppress') return;
  await ports.notifier.publish(outcome);
  if (outcome.reopenLoop !== undefined)
    await ports.episodes.record(notifiedOpenings(outcome, episodes, policy.reopenLoopFrom));
}

/**
 * Asks whether an outcome goes into the digest of an alert burst. If the answer cannot be read, people are
 * notified: two notifications are better than none. The journal has the fault, and an alarm watches it.
 */
async function admitToBurst(outcome: Outcome, { policy, ports }: RemediationCell): Promise<'alone' | 'gathered'> {
  if (isAlwaysAlone(outcome)) return 'alone';
  try {
    return await ports.bursts.admit(digestEntryOf(outcome), policy.alerts.perMinute);
  } catch (error) {
    ports.journal({ what: 'not-counted', outcome, fault: error });
    return 'alone';
  }
}

/**
 * Whether an outcome never goes into a digest. A spent budget is reported once for all plans that wait for
 * it, and a line in a digest does not say that people hear of a reopen loop less and less often.
 */
function isAlwaysAlone({ plan, status, reopenLoop }: Outcome): boolean {
  return worstSeverity(plan.decision.findings) === 'critical' || status === 'held' || reopenLoop !== undefined;
}

/**
 * What the digest of an alert burst says about an outcome: the control of the worst finding, and the first of
 * several. A failed plan that a later change starts again counts in the minute of that change, not in the
 * minute of its first attempt.
 */
export function digestEntryOf({ plan, status, removed }: Outcome): DigestEntry {
  const { decision, change, id, at } = plan;
  const severity = worstSeverity(decision.findings);
  const actor = change.actor?.name ?? change.actor?.arn;
  return {
    id,
    remediationId: remediationId(plan),
    status,
    severity,
    control: decision.findings.find((finding) => finding.severity === severity)?.control ?? '',
    groupId: decision.group.id,
    groupName: decision.group.name,
    account: change.account,
    region: change.region,
    ...(actor !== undefined && { actor }),
    rules: removed.length > 0 ? removed.length : decision.rules.length,
    at: Math.max(at, change.at),
  };
}

/** The openings of one rule content, one for each event. */
interface Reopenings {
  readonly opened: readonly Episode[];
  /** Those that were part of a notification about a reopen loop. */
  readonly notified: readonly Episode[];
}

/**
 * The reopen loop that an outcome belongs to: somebody, mostly a tool, opens the removed rule again and
 * again. Portcullis goes on removing the rule, and notifies people of the loop instead of each round.
 *
 * @param from number of openings within a day from which on it is a loop
 */
export function reopenLoopOf(outcome: Outcome, episodes: readonly Episode[], from: number): ReopenLoop | undefined {
  const all = allReopenings(outcome, episodes);
  const opened = all.toSorted((a, b) => b.opened.length - a.opened.length)[0]?.opened ?? [];
  if (opened.length < from) return undefined;
  const actors = new Map(opened.flatMap(({ actor }) => (actor ? [[actorKey(actor), actor] as const] : [])));
  return {
    times: opened.length,
    since: Math.min(...opened.map(({ at }) => at)),
    actors: [...actors.values()],
    // People hear of every failure, and of a plan that removed another rule as well.
    quiet: outcome.status === 'done' && all.every((one) => isAlreadyNotified(one, from)),
  };
}

/**
 * What is recorded after people were notified of a reopen loop: each opening that was in no earlier
 * notification.
 */
function notifiedOpenings(outcome: Outcome, episodes: readonly Episode[], from: number): readonly Episode[] {
  return allReopenings(outcome, episodes)
    .filter(({ opened }) => opened.length >= from)
    .flatMap(({ opened, notified }) => opened.filter((one) => !notified.includes(one)))
    .map((one) => ({ ...one, what: 'told' }));
}

function allReopenings(outcome: Outcome, episodes: readonly Episode[]): readonly Reopenings[] {
  return [...new Set(outcome.removed.map(canonicalKey))].map((content) => reopeningsOf(content, episodes));
}

function reopeningsOf(content: string, episodes: readonly Episode[]): Reopenings {
  const ours = episodes.filter((one) => one.content === content);
  const notified = new Set(ours.flatMap(({ what, changeId }) => (what === 'told' ? changeId : [])));
  const opened = ours.filter(({ what }) => what === 'opened');
  const once = [...new Map(opened.map((one) => [one.changeId, one])).values()];
  return { opened: once, notified: once.filter(({ changeId }) => notified.has(changeId)) };
}

/**
 * Whether the last notification still describes the loop: the number of openings has not doubled since (3, 6,
 * 12, …), and every actor was in the notification. An attacker can inflate the raw count by opening and
 * closing a rule, so only openings in notifications count.
 */
function isAlreadyNotified({ opened, notified }: Reopenings, from: number): boolean {
  if (notified.length < from) return false;
  let next = from;
  while (next <= notified.length) next *= 2;
  const known = new Set(notified.map(keyOf));
  return opened.length < next && opened.every((one) => known.has(keyOf(one)));
}

function keyOf({ actor }: Episode): string {
  return actor === undefined ? '' : actorKey(actor);
}

function actorKey({ arn, name, tool }: Actor): string {
  return [arn, name, tool].join(' ');
}
