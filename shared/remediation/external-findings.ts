import type { Change, Trigger } from '../domain/change.ts';
import type { Outcome } from '../domain/decision.ts';
import { RemediatorError } from '../domain/errors.ts';
import type { Group } from '../domain/group.ts';
import type { GroupRecord, OpenCase } from '../domain/group-record.ts';
import type { LedgerEntry } from '../domain/ledger.ts';
import { ruleKey } from '../network/rule-key.ts';
import type { RemediationCell } from './cell.ts';
import type { ChangeSnapshot } from './fetch-snapshot.ts';
import { caseId } from './plan.ts';
import { settleAll } from './settle-all.ts';

/**
 * Publishes an outcome to other systems, such as Security Hub, and records an open case on the group. A
 * permanent refusal (the service is not enabled) goes into the journal, which an alarm watches. It does not
 * keep the ledger entry open, because each retry would notify people again. Throws a RemediatorError if it is
 * retryable.
 */
export async function publishFinding(outcome: Outcome, { ports }: Pick<RemediationCell, 'ports'>): Promise<void> {
  if (ports.findings === undefined) return;
  const { plan, status, at } = outcome;
  const id = await caseId(plan.decision);
  try {
    await ports.findings.publish({ ...outcome, caseId: id });
    if (status === 'done') return;
    const openCases = [{ caseId: id, planId: plan.id, at }];
    await ports.records.change(plan.decision.group.id, { remember: { openCases } });
  } catch (error) {
    if (!(error instanceof RemediatorError) || error.retryable) throw error;
    ports.journal({ what: 'unreported', outcome, fault: error });
  }
}

/** Triggers of changes that remove rules, and of the sweep, which finds out that rules are gone. */
const REVEALS_REMOVAL: ReadonlySet<Trigger> = new Set(['rules-removed', 'rules-modified', 'sweep']);

/**
 * Publishes, once, that cases are closed that other systems have as open: somebody removed or changed the
 * rules, or deleted the group. Reads the open cases of the group's record.
 *
 * @returns faults
 */
export async function publishClosedFindings(
  { trigger }: Change,
  { current, records }: ChangeSnapshot,
  cell: RemediationCell,
): Promise<readonly unknown[]> {
  if (cell.ports.findings === undefined || !REVEALS_REMOVAL.has(trigger)) return [];
  const groups = new Map(current.groups.map(({ group }) => [group.id, group]));
  const publishing = [...records.values()].flatMap(({ groupId, openCases }) =>
    [...Map.groupBy(openCases, (one) => one.caseId).values()].map(
      async (cases) => await publishIfClosed(cases, groupId, groups.get(groupId), cell),
    ),
  );
  return (await settleAll(publishing)).faults;
}

/**
 * Publishes that a case is closed, if it is, and forgets it. Forgets a case whose ledger entry has expired.
 */
async function publishIfClosed(
  cases: readonly OpenCase[],
  groupId: string,
  group: Group | undefined,
  { ports }: RemediationCell,
): Promise<void> {
  const last = cases.toSorted((a, b) => b.at - a.at)[0];
  const entry = last && (await ports.ledger.find(groupId, last.planId));
  if (entry !== undefined) {
    if (!isClosed(entry, group)) return;
    const { plan } = entry;
    const at = ports.clock.now();
    const alreadyGone = plan.decision.rules;
    await publishFinding({ plan, status: 'done', removed: [], alreadyGone, changed: [], at }, { ports });
  }
  await ports.records.change(groupId, { forget: { openCases: cases } });
}

/** Whether none of the rules is left. A case that names no rule closes with its group. */
function isClosed({ plan }: LedgerEntry, group: Group | undefined): boolean {
  const { rules } = plan.decision;
  if (group === undefined) return true;
  const there = new Set(group.rules.map(ruleKey));
  return rules.length > 0 && !rules.some((rule) => there.has(ruleKey(rule)));
}

/** Ids of the cases that this invocation published as closed. */
export async function closedCases(outcomes: readonly Outcome[]): Promise<ReadonlySet<string>> {
  const done = outcomes.flatMap(({ status, plan }) => (status === 'done' ? plan.decision : []));
  return new Set(await Promise.all(done.map(caseId)));
}

/** Maximum reordering between two findings of one case, ms: as long as an invocation lasts. */
const OVERLAP_MS = 60_000;

/**
 * Open cases of a record that are closed now. A case that was published as open less than a minute before
 * stays, because the two findings may have arrived in the other order: the event of the removal publishes
 * once more that the case is closed.
 */
export function casesToForget(record: GroupRecord, closed: ReadonlySet<string>, now: number): readonly OpenCase[] {
  return record.openCases.filter((one) => closed.has(one.caseId) && one.at + OVERLAP_MS < now);
}
