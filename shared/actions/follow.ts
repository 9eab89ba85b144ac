import { FactUnread } from '../domain/errors.ts';
import type { Entry } from '../domain/ledger.ts';
import type { CommandResult } from '../domain/requests/command.ts';
import type { FollowUp } from '../domain/requests/follow-up.ts';
import type { GrantCell } from '../workflows/common/cell.ts';
import { give } from '../workflows/common/give.ts';
import { present } from '../workflows/common/present.ts';
import { refuse } from '../workflows/common/refuse.ts';
import type { Removal } from '../workflows/common/removal.ts';
import { narrowRemoved } from '../workflows/narrow/narrow-removed.ts';
import { revert } from '../workflows/revert/revert.ts';

/** Pauses, ms, while the invocation that removed something closes its entry. */
const PAUSES = [500, 1000, 2000, 4000];

/** What follows on a removal, in this order. */
const STEPS = [
  ['narrow', narrowRemoved],
  ['revert', revert],
] as const;

const settled = async (groupId: string, planId: string, { ports }: GrantCell): Promise<Entry | undefined> => {
  for (let attempt = 0; ; attempt += 1) {
    const entry = await ports.register.find(groupId, planId);
    if (entry === undefined || entry.outcome !== undefined) return entry;
    const pause = PAUSES[attempt];
    if (pause === undefined) throw new FactUnread(`what became of plan ${planId}`, 'its entry is not closed yet');
    await ports.clock.sleep(pause);
  }
};

/** Each step once: one that is on the record is not taken again, and one that has nothing to do leaves no record. */
const take = async (removal: Removal, cell: GrantCell): Promise<readonly FollowUp[]> => {
  const taken: FollowUp[] = [...removal.entry.followUps];
  for (const [kind, step] of STEPS) {
    if (taken.some((one) => one.kind === kind)) continue;
    const gift = await step(removal, cell);
    if (gift === undefined) continue;
    const group = removal.found.sighting.group;
    const followUp = await give({ ...gift, kind, group, entry: removal.entry }, cell);
    if (followUp.granted.length > 0 || followUp.refused.length > 0) taken.push(followUp);
  }
  return taken;
};

/**
 * What is to be granted after a removal: what may stand in place of what went, and what a change took away that is to be reverted.
 *
 * @throws FactUnread while the removal is not on the record as over; CallFailed, Unfinished.
 */
export const follow = async (groupId: string, planId: string, cell: GrantCell): Promise<CommandResult> => {
  const entry = await settled(groupId, planId, cell);
  if (entry?.outcome === undefined) return refuse(`the ledger has no plan ${planId} of ${groupId}`);
  const { outcome } = entry;
  const found = await present({ groupId, region: entry.plan.change.region }, cell, ['vpcCidrs']);
  if (found === undefined) return refuse(`${groupId} is gone: nothing can be granted in it`);
  return { kind: 'followed', followUps: await take({ entry, outcome, found }, cell) };
};
