import type { CommandResult } from '../domain/command.ts';
import { FactUnread } from '../domain/errors.ts';
import type { LedgerEntry, PostRemovalGrant } from '../domain/ledger.ts';
import type { GrantCell } from '../workflows/common/cell.ts';
import { grantRules } from '../workflows/common/grant.ts';
import { type CompletedRemoval, fetchCurrentGroup } from '../workflows/common/group-snapshot.ts';
import { refuse } from '../workflows/common/refuse.ts';
import { narrowRemoved } from '../workflows/narrow/narrow-removed.ts';
import { revert } from '../workflows/revert.ts';

/**
 * Grants rules after a removal: narrower rules in place of the removed ones, and rules that the reverted
 * change had removed.
 *
 * @throws FactUnread while the removal is not settled in the ledger; CallFailed, Unfinished.
 */
export async function grantAfterRemoval(groupId: string, planId: string, cell: GrantCell): Promise<CommandResult> {
  const entry = await fetchSettledEntry(groupId, planId, cell);
  if (entry?.outcome === undefined) return refuse(`the ledger has no plan ${planId} of ${groupId}`);
  const { outcome } = entry;
  const found = await fetchCurrentGroup({ groupId, region: entry.plan.change.region }, cell, ['vpcCidrs']);
  if (found === undefined) return refuse(`${groupId} is gone: nothing can be granted in it`);
  return { kind: 'followed', followUps: await runGrantSteps({ entry, outcome, found }, cell) };
}

/** Pauses, ms, until the invocation that removed rules has settled its ledger entry. */
const SETTLE_PAUSES_MS = [500, 1000, 2000, 4000];

/** The grants after a removal, in this order. */
const GRANT_STEPS = [
  ['narrow', narrowRemoved],
  ['revert', revert],
] as const;

async function fetchSettledEntry(
  groupId: string,
  planId: string,
  { ports }: GrantCell,
): Promise<LedgerEntry | undefined> {
  for (let attempt = 0; ; attempt += 1) {
    const entry = await ports.ledger.find(groupId, planId);
    if (entry === undefined || entry.outcome !== undefined) return entry;
    const pause = SETTLE_PAUSES_MS[attempt];
    if (pause === undefined) throw new FactUnread(`what became of plan ${planId}`, 'its entry is not closed yet');
    await ports.clock.sleep(pause);
  }
}

/** Runs each step once: skips recorded steps. A step without a grant leaves no record. */
async function runGrantSteps(removal: CompletedRemoval, cell: GrantCell): Promise<readonly PostRemovalGrant[]> {
  const recorded: PostRemovalGrant[] = [...removal.entry.postRemovalGrants];
  for (const [kind, step] of GRANT_STEPS) {
    if (recorded.some((one) => one.kind === kind)) continue;
    const grant = await step(removal, cell);
    if (grant === undefined) continue;
    const group = removal.found.groupSnapshot.group;
    const done = await grantRules({ ...grant, kind, group, entry: removal.entry }, cell);
    if (done.granted.length > 0 || done.refused.length > 0) recorded.push(done);
  }
  return recorded;
}
