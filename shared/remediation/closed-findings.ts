import type { Change, Trigger } from '../domain/change.ts';
import type { Group } from '../domain/group.ts';
import type { GroupRecord, OpenCase } from '../domain/group-record.ts';
import type { LedgerEntry } from '../domain/ledger.ts';
import { ruleKey } from '../network/rule-key.ts';
import type { RemediationCell } from './cell.ts';
import type { ExecutedPlan } from './execute-plan.ts';
import { publishFinding } from './external-findings.ts';
import type { ChangeSnapshot } from './fetch-snapshot.ts';
import { caseId } from './plan.ts';
import { settleAll } from './settle-all.ts';

/** Changes that take rules away, and the look that finds out. */
const REVEALS_REMOVAL: ReadonlySet<Trigger> = new Set(['rules-removed', 'rules-modified', 'sweep']);

/** Maximum reordering between two findings of one case, ms: as long as an invocation lasts. */
const OVERLAP_MS = 60_000;

/** Cases that this invocation has told other systems to be closed. */
export async function closedCases(carried: readonly ExecutedPlan[]): Promise<ReadonlySet<string>> {
  const done = carried.flatMap(({ outcome }) => (outcome?.status === 'done' ? outcome.plan.decision : []));
  return new Set(await Promise.all(done.map(caseId)));
}

/**
 * What need not be told as closed any more. A case that was told as open less than a minute before stays: the two findings may have
 * arrived in the other order, and the event of the removal tells it once more.
 */
export function casesToForget(record: GroupRecord, closed: ReadonlySet<string>, now: number): readonly OpenCase[] {
  return record.openCases.filter((one) => closed.has(one.caseId) && one.at + OVERLAP_MS < now);
}

/** Whether none of it is left; what names no rule goes with its group. */
function isClosed({ plan }: LedgerEntry, group: Group | undefined): boolean {
  const { rules } = plan.decision;
  if (group === undefined) return true;
  const there = new Set(group.rules.map(ruleKey));
  return rules.length > 0 && !rules.some((rule) => there.has(ruleKey(rule)));
}

/** Tells that a case is gone, and forgets every finding of it. One whose entry has expired is forgotten. */
async function publishClosed(
  cases: readonly OpenCase[],
  groupId: string,
  group: Group | undefined,
  { ports }: RemediationCell,
) {
  const last = cases.toSorted((a, b) => b.at - a.at)[0];
  const entry = last && (await ports.ledger.find(groupId, last.planId));
  if (entry !== undefined) {
    if (!isClosed(entry, group)) return;
    const { plan } = entry;
    const at = ports.clock.now();
    await publishFinding(
      { plan, status: 'done', removed: [], alreadyGone: plan.decision.rules, changed: [], at },
      { ports },
    );
  }
  await ports.records.change(groupId, { forget: { openCases: cases } });
}

/**
 * Other systems have a finding as open that somebody else has closed since: its rules were removed or changed, or its group is gone.
 * They are told so, once; people did it themselves or saw it. Reads the open cases of the group's record, not its history.
 *
 * @returns what went wrong.
 */
export async function publishClosedFindings(
  { trigger }: Change,
  { sight, records }: ChangeSnapshot,
  cell: RemediationCell,
): Promise<readonly unknown[]> {
  if (cell.ports.findings === undefined || !REVEALS_REMOVAL.has(trigger)) return [];
  const groups = new Map(sight.groups.map(({ group }) => [group.id, group]));
  const telling = [...records.values()].flatMap(({ groupId, openCases }) =>
    [...Map.groupBy(openCases, (one) => one.caseId).values()].map(
      async (cases) => await publishClosed(cases, groupId, groups.get(groupId), cell),
    ),
  );
  return (await settleAll(telling)).faults;
}
