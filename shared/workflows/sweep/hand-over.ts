import type { SweepRest } from '../../domain/sweep.ts';
import { isTooMuchAtOnce } from '../../policy/sweep-share.ts';
import { lookInBatches } from '../../remediation/look-batches.ts';
import type { SweepCell } from './cell.ts';
import type { Part } from './read.ts';

const exceeds = (closing: number, groups: number, { policy }: SweepCell): boolean =>
  isTooMuchAtOnce(closing, groups, policy.budget);

/**
 * Whether rules would be closed in more groups than the policy lets a sweep. Of this part, and of the region up to here: where no part
 * exceeds the share, neither does the whole.
 */
const isOverShare = ({ closing, groups }: Part, { share }: SweepRest, cell: SweepCell): boolean =>
  exceeds(closing.size, groups, cell) || exceeds(share.closing + closing.size, share.groups + groups, cell);

/** Whether every one of these groups has something held already, so that people know. */
const areHeld = async (groupIds: ReadonlySet<string>, { ports }: SweepCell): Promise<boolean> => {
  const held = new Set((await ports.register.waiting('held')).map(({ plan }) => plan.decision.group.id));
  return groupIds.isSubsetOf(held);
};

const tellHeld = async ({ closing, groups }: Part, region: string, cell: SweepCell): Promise<void> => {
  const { policy, account, ports } = cell;
  if (await areHeld(closing, cell)) return;
  const id = `sweep-held ${account} ${region} ${ports.clock.now()}`;
  const { sweepShare } = policy.budget;
  await ports.notices.announce({ id, what: 'sweep-held', account, region, groups, closing: closing.size, sweepShare });
};

/**
 * Has the groups of concern looked at, with rule ids, facts and the ledger, which knows what people were told. Past the share, what was
 * there before is held: people are told once, and one of them lets it go on. Throws CallFailed.
 */
export const handOver = async (part: Part, region: string, rest: SweepRest, cell: SweepCell): Promise<void> => {
  const { ports } = cell;
  const isOver = isOverShare(part, rest, cell);
  if (isOver) await tellHeld(part, region, cell);
  const limit = isOver ? (['hold'] as const) : [];
  await lookInBatches(part.concerns, ports.clock, async (some) => await ports.reexamine.look(some, region, ...limit));
};
