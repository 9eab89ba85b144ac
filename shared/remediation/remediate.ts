import type { Change } from '../domain/change.ts';
import { TOLD_FACTS } from '../domain/controls/facts.ts';
import type { Outcome } from '../domain/decision.ts';
import { Unfinished } from '../domain/errors.ts';
import { type Carried, carryOut } from './carry-out.ts';
import type { Cell } from './cell.ts';
import { followChanged } from './decide/changed-rules.ts';
import { factsToActBy } from './decide/enabled.ts';
import { episodesOf } from './episodes.ts';
import { tellGone } from './gone.ts';
import { judge } from './judge.ts';
import { look, type Seen } from './look.ts';
import { isOwnRemoval } from './own-change.ts';
import { ownPart } from './own-group.ts';
import { remember } from './remember.ts';
import { finish, leftOpen } from './resume.ts';
import { side } from './side.ts';
import { heedTags } from './tags/exemption-tags.ts';

/** How long after its creation everything in a group or VPC still counts as what its creation brought: 6 hours. */
const NEW_FOR_MS = 21_600_000;

/** An event put again from a queue days later says nothing of the rules that have come since. */
const asOf = (change: Change, now: number): Change =>
  change.brought.kind === 'everything' && now - change.at > NEW_FOR_MS
    ? { ...change, brought: { kind: 'unknown' } }
    : change;

/**
 * What the change opened and closed goes on record, unless it was our own closing: only other people's count as somebody's. Whose a
 * removal was is known once the group's record is read; an addition is recorded meanwhile.
 */
const recordEpisodes = async (change: Change, looked: Promise<Seen>, { policy, ports }: Cell): Promise<void> => {
  const episodes = episodesOf(change, policy);
  if (episodes.length === 0) return;
  if (change.trigger === 'rules-removed' && isOwnRemoval(change, await looked)) return;
  await ports.episodes.record(episodes);
};

/** Leaves out the groups of other accounts and logs why. */
const ownSeen = (seen: Seen, change: Change, { ports }: Cell): Seen => {
  const { sight, reasons } = ownPart(seen.sight, change);
  if (reasons.length > 0) ports.journal({ what: 'not-owned', reasons });
  return { ...seen, sight };
};

const outcomesOf = (carried: readonly Carried[]): readonly Outcome[] => carried.flatMap(({ outcome }) => outcome ?? []);

/**
 * The whole way of a change: look → decide → reserve → act → notify → settle → remember. Rules that somebody changes meanwhile take it
 * again.
 *
 * Plans run side by side and none stops another.
 *
 * @returns what became of each plan that this invocation carried out.
 * @throws Unfinished once everything else is done, with every fault and every fact that could not be read.
 */
export const remediate = async (event: Change, cell: Cell): Promise<readonly Outcome[]> => {
  const { policy, ports } = cell;
  const change = asOf(event, ports.clock.now());
  ports.journal({ what: 'change', change });
  const needs = factsToActBy(policy, change.trigger).difference(new Set(TOLD_FACTS));
  const looking = look(change, needs, ports);
  const recording = side([recordEpisodes(change, looking, cell)]);
  const [looked, ceiling] = await Promise.all([looking, ports.switch.ceiling()]);
  const own = ownSeen(looked, change, cell);
  const { exemptions, news } = await heedTags(change, own, cell);
  const seen = { ...own, exemptions };
  const { faults: unrecorded } = await recording;
  const telling = side(news.map((one) => ports.notices.announce(one)));
  const judgement = await judge(change, seen, ceiling, cell);
  const { plans } = judgement;
  const acted = await side(plans.map((plan) => carryOut(plan, cell)));
  const followed = await followChanged(change, seen, outcomesOf(acted.outcomes), ceiling, cell);
  const carried = [...acted.outcomes, ...followed.carried];
  const outcomes = outcomesOf(carried);
  const aftermath = { sight: seen.sight, outcomes };
  const finished = await side(leftOpen(seen.entries, plans).map((plan) => finish(plan, aftermath, cell)));
  const { faults: untold } = await telling;
  const unreported = await tellGone(change, looked, cell);
  const forgotten = await remember({ change, seen, judgement, carried }, cell);
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
};
