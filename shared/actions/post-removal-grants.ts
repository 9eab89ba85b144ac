import type { CommandResult } from '../domain/command.ts';
import { FactUnread } from '../domain/errors.ts';
import type { LedgerEntry, PostRemovalGrant } from '../domain/ledger.ts';
import type { GrantCell } from '../workflows/common/cell.ts';
import { grantRules } from '../workflows/common/grant.ts';
import { type CompletedRemoval, fetchCurrentGroup } from '../workflows/common/group-snapshot.ts';
import { refuse } from '../workflows/common/refuse.ts';
import { narrowRemoved } from '../workflows/narrow/narrow-removed.ts';
import { revert } from '../workflows/revert.ts';

/** Pauses, ms, while the invocation that removed something closes its entry. */
const SETTLE_PAUSES_MS = [500, 1000, 2000, 4000];

/** What follows on a removal, in this order. */
const GRANT_STEPS = [
  ['narrow', narrowRemoved],
  ['revert', revert],
] as const;

async function waitForSettled(groupId: string, planId: string, { ports }: GrantCell): Promise<LedgerEntry | undefined> {
  for (let attempt = 0; ; attempt += 1) {
    const entry = await ports.ledger.find(groupId, planId);
    if (entry === undefined || entry.outcome !== undefined) return entry;
    const pause = SETTLE_PAUSES_MS[attempt];
    if (pause === undefined) throw new FactUnread(`what became of plan ${planId}`, 'its entry is not closed yet');
    await ports.clock.sleep(pause);
  }
}

/** Each step once: one that is on the record is not taken again, and one that has nothing to do leaves no record. */
async function runGrantSteps(removal: CompletedRemoval, cell: GrantCell): Promise<readonly PostRemovalGrant[]> {
  const taken: PostRemovalGrant[] = [...removal.entry.postRemovalGrants];
  for (const [kind, step] of GRANT_STEPS) {
    if (taken.some((one) => one.kind === kind)) continue;
    const gift = await step(removal, cell);
    if (gift === undefined) continue;
    const group = removal.found.groupSnapshot.group;
    const followUp = await grantRules({ ...gift, kind, group, entry: removal.entry }, cell);
    if (followUp.granted.length > 0 || followUp.refused.length > 0) taken.push(followUp);
  }
  return taken;
}

/**
 * What is to be granted after a removal: what may stand in place of what went, and what a change took away that is to be reverted.
 *
 * @throws FactUnread while the removal is not on the record as over; CallFailed, Unfinished.
 */
export async function grantAfterRemoval(groupId: string, planId: string, cell: GrantCell): Promise<CommandResult> {
  const entry = await waitForSettled(groupId, planId, cell);
  if (entry?.outcome === undefined) return refuse(`the ledger has no plan ${planId} of ${groupId}`);
  const { outcome } = entry;
  const found = await fetchCurrentGroup({ groupId, region: entry.plan.change.region }, cell, ['vpcCidrs']);
  if (found === undefined) return refuse(`${groupId} is gone: nothing can be granted in it`);
  return { kind: 'followed', followUps: await runGrantSteps({ entry, outcome, found }, cell) };
}
