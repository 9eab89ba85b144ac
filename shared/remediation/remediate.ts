import type { Change } from '../domain/change.ts';
import { NON_EC2_FACTS } from '../domain/control.ts';
import type { Outcome } from '../domain/decision.ts';
import { Unfinished } from '../domain/errors.ts';
import type { RemediationCell } from './cell.ts';
import { retryChangedRules } from './changed-rules.ts';
import { publishClosedFindings } from './closed-findings.ts';
import { decide } from './decide/decide.ts';
import { factsNeededToAct } from './decide/enabled-controls.ts';
import { episodesToRecord } from './episodes.ts';
import { type ExecutedPlan, executePlan } from './execute-plan.ts';
import { type ChangeSnapshot, fetchSnapshot, withoutForeignGroups } from './fetch-snapshot.ts';
import { isOwnRemoval } from './own-change.ts';
import { settleAll } from './settle-all.ts';
import { applyTagRequests } from './tags/apply-tag-requests.ts';
import { finishPlan, plansLeftOpen } from './unfinished-plans.ts';
import { updateRecords } from './update-records.ts';

/** How long after its creation everything in a group or VPC still counts as what its creation brought: 6 hours. */
const NEW_FOR_MS = 21_600_000;

/** An event put again from a queue days later says nothing of the rules that have come since. */
function asOf(change: Change, now: number): Change {
  return change.added.kind === 'everything' && now - change.at > NEW_FOR_MS
    ? { ...change, added: { kind: 'unknown' } }
    : change;
}

/**
 * What the change opened and closed goes on record, unless it was our own closing: only other people's count as somebody's. Whose a
 * removal was is known once the group's record is read; an addition is recorded meanwhile.
 */
async function recordEpisodes(
  change: Change,
  looked: Promise<ChangeSnapshot>,
  { policy, ports }: RemediationCell,
): Promise<void> {
  const episodes = episodesToRecord(change, policy);
  if (episodes.length === 0) return;
  if (change.trigger === 'rules-removed' && isOwnRemoval(change, await looked)) return;
  await ports.episodes.record(episodes);
}

/** Leaves out the groups of other accounts and logs why. */
function withoutForeign(seen: ChangeSnapshot, change: Change, { ports }: RemediationCell): ChangeSnapshot {
  const { sight, reasons } = withoutForeignGroups(seen.sight, change);
  if (reasons.length > 0) ports.journal({ what: 'not-owned', reasons });
  return { ...seen, sight };
}

function outcomesOf(carried: readonly ExecutedPlan[]): readonly Outcome[] {
  return carried.flatMap(({ outcome }) => outcome ?? []);
}

/**
 * The whole way of a change: look → decide → reserve → act → notify → settle → remember. Rules that somebody changes meanwhile take it
 * again.
 *
 * Plans run side by side and none stops another.
 *
 * @returns what became of each plan that this invocation carried out.
 * @throws Unfinished once everything else is done, with every fault and every fact that could not be read.
 */
export async function remediate(event: Change, cell: RemediationCell): Promise<readonly Outcome[]> {
  const { policy, ports } = cell;
  const change = asOf(event, ports.clock.now());
  ports.journal({ what: 'change', change });
  const needs = factsNeededToAct(policy, change.trigger).difference(new Set(NON_EC2_FACTS));
  const looking = fetchSnapshot(change, needs, ports);
  const recording = settleAll([recordEpisodes(change, looking, cell)]);
  const [looked, ceiling] = await Promise.all([looking, ports.runtimeSwitch.ceiling()]);
  const own = withoutForeign(looked, change, cell);
  const { exemptions, notifications } = await applyTagRequests(change, own, cell);
  const seen = { ...own, exemptions };
  const { faults: unrecorded } = await recording;
  const telling = settleAll(notifications.map((one) => ports.notifier.notify(one)));
  const judgement = await decide(change, seen, ceiling, cell);
  const { plans } = judgement;
  const acted = await settleAll(plans.map((plan) => executePlan(plan, cell)));
  const followed = await retryChangedRules(change, seen, outcomesOf(acted.outcomes), ceiling, cell);
  const carried = [...acted.outcomes, ...followed.carried];
  const outcomes = outcomesOf(carried);
  const aftermath = { sight: seen.sight, outcomes };
  const finished = await settleAll(plansLeftOpen(seen.entries, plans).map((plan) => finishPlan(plan, aftermath, cell)));
  const { faults: untold } = await telling;
  const unreported = await publishClosedFindings(change, looked, cell);
  const forgotten = await updateRecords({ change, seen, judgement, carried }, cell);
  const faults = [
    ...acted.faults,
    ...followed.faults,
    ...finished.faults,
    ...unrecorded,
    ...untold,
    ...unreported,
    ...forgotten,
    ...seen.sight.unread,
  ];
  if (faults.length > 0) throw new Unfinished(faults);
  return [...outcomes, ...finished.outcomes];
}
