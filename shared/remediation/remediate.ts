import type { Change } from '../domain/change.ts';
import { NON_EC2_FACTS } from '../domain/control.ts';
import type { Mode } from '../domain/control-options.ts';
import type { Outcome } from '../domain/decision.ts';
import type { Snapshot } from '../domain/ec2.ts';
import { Unfinished } from '../domain/errors.ts';
import type { RemediationCell } from './cell.ts';
import type { Retried } from './changed-rules.ts';
import { type ChangeDecisions, decide } from './decide/decide.ts';
import { factsNeededToAct } from './decide/enabled-controls.ts';
import { recordEpisodes } from './episodes.ts';
import { type ExecutedPlan, executePlan } from './execute-plan.ts';
import { publishClosedFindings } from './external-findings.ts';
import { type ChangeSnapshot, fetchSnapshot } from './fetch-snapshot.ts';
import { withoutForeignGroups } from './own-groups.ts';
import { settleAll } from './settle-all.ts';
import type { TagRequestResult } from './tags/apply-tag-requests.ts';
import { finishPlan, plansLeftOpen } from './unfinished-plans.ts';
import { updateRecords } from './update-records.ts';

/**
 * The main flow: fetches a snapshot of the groups of a change, decides, and executes the plans
 * (`executePlan`: reserve, apply, notify, settle). Decides anew on rules that somebody changes meanwhile,
 * finishes plans of earlier invocations, and updates the records of the groups. Plans run in parallel, and a
 * failed plan stops no other plan.
 *
 * @returns the outcome of each plan that this invocation carried out.
 * @throws Unfinished after everything else is done, with every fault and every fact that could not be read.
 */
export async function remediate(event: Change, cell: RemediationCell): Promise<readonly Outcome[]> {
  const { policy, ports } = cell;
  const change = withoutExpiredScope(event, ports.clock.now());
  ports.journal({ what: 'change', change });
  const needs = factsNeededToAct(policy, change.trigger).difference(new Set(NON_EC2_FACTS));
  const fetching = fetchSnapshot(change, needs, ports);
  const recording = settleAll([recordEpisodes(change, fetching, cell)]);
  const [fetched, ceiling] = await Promise.all([fetching, ports.runtimeSwitch.ceiling()]);
  const own = onlyOwnGroups(fetched, change, cell);
  const { exemptions, notifications } = await applyTags(change, own, cell);
  const snapshot = { ...own, exemptions };
  const recorded = await recording;
  const notifying = settleAll(notifications.map((one) => ports.notifier.notify(one)));

  const decisions = await decide(change, snapshot, ceiling, cell);
  const { plans } = decisions;
  const results = await settleAll(plans.map((plan) => executePlan(plan, cell)));
  const retried = await retryChanged(change, snapshot, outcomesOf(results.outcomes), ceiling, cell);
  journalUndecided(decisions, fetched.current, cell);
  for (const one of [...decisions.withheld, ...retried.withheld]) ports.journal({ what: 'withheld', ...one });

  const executed = [...results.outcomes, ...retried.executed];
  const outcomes = outcomesOf(executed);
  const state = { current: snapshot.current, outcomes };
  const finished = await settleAll(plansLeftOpen(snapshot.entries, plans).map((plan) => finishPlan(plan, state, cell)));
  const notified = await notifying;
  const unpublished = await publishClosedFindings(change, fetched, cell);
  const unrecorded = await updateRecords({ change, snapshot, decisions, executed }, cell);
  const faults = [
    ...[results, retried, finished, recorded, notified].flatMap((one) => one.faults),
    ...unpublished,
    ...unrecorded,
    ...snapshot.current.unread,
  ];
  if (faults.length > 0) throw new Unfinished(faults);
  return [...outcomes, ...finished.outcomes];
}

/** How long everything in a new group or VPC counts as added by its creation, ms: 6 hours. */
const NEW_FOR_MS = 21_600_000;

/** An old event, redriven from a queue, does not say which rules were added since. */
function withoutExpiredScope(change: Change, now: number): Change {
  return change.added.kind === 'everything' && now - change.at > NEW_FOR_MS
    ? { ...change, added: { kind: 'unknown' } }
    : change;
}

/** Leaves out the groups of other accounts, and journals why. */
function onlyOwnGroups(snapshot: ChangeSnapshot, change: Change, { ports }: RemediationCell): ChangeSnapshot {
  const { own, reasons } = withoutForeignGroups(snapshot.current, change);
  if (reasons.length > 0) ports.journal({ what: 'not-decided', reason: 'foreign-group', details: reasons });
  return { ...snapshot, current: own };
}

/**
 * Applies requests by exemption tags. Most changes have none, so the code loads with the first change that
 * may have one.
 */
async function applyTags(change: Change, snapshot: ChangeSnapshot, cell: RemediationCell): Promise<TagRequestResult> {
  if (change.exemptionTags === undefined && change.trigger !== 'rules-modified')
    return { exemptions: snapshot.exemptions, notifications: [] };
  const { applyTagRequests } = await import('./tags/apply-tag-requests.ts');
  return await applyTagRequests(change, snapshot, cell);
}

/**
 * Decides anew on rules that somebody changed meanwhile. These are rare, so the code loads with the first
 * one.
 */
async function retryChanged(
  change: Change,
  snapshot: ChangeSnapshot,
  outcomes: readonly Outcome[],
  ceiling: Mode,
  cell: RemediationCell,
): Promise<Retried> {
  if (!outcomes.some(({ changed }) => changed.length > 0)) return { executed: [], withheld: [], faults: [] };
  const { retryChangedRules } = await import('./changed-rules.ts');
  return await retryChangedRules(change, snapshot, outcomes, ceiling, cell);
}

/** Journals why there is no decision: an unread fact, no group, or no finding. */
function journalUndecided(
  { plans, withheld, groups }: ChangeDecisions,
  current: Snapshot,
  { ports }: RemediationCell,
): void {
  const unread = current.unread.map(({ message }) => message);
  if (unread.length > 0) ports.journal({ what: 'not-decided', reason: 'fact-unread', details: unread });
  if (current.groups.length === 0) ports.journal({ what: 'not-decided', reason: 'no-group', details: [] });
  const decided = new Set([
    ...plans.map(({ decision }) => decision.group.id),
    ...withheld.map((one) => one.withheld.decision.group.id),
  ]);
  const clean = groups.flatMap(({ groupId }) => (decided.has(groupId) ? [] : [groupId]));
  if (clean.length > 0) ports.journal({ what: 'not-decided', reason: 'no-finding', details: clean });
}

function outcomesOf(executed: readonly ExecutedPlan[]): readonly Outcome[] {
  return executed.flatMap(({ outcome }) => outcome ?? []);
}
