import { Unfinished } from '../../domain/errors.ts';
import type { SweepRemainder, SweepRequest } from '../../domain/invocations.ts';
import type { Tally } from '../../domain/notification.ts';
import { dayOf } from '../../policy/dates.ts';
import { exceedsSweepShare } from '../../policy/queries.ts';
import { settleAll } from '../../remediation/settle-all.ts';
import { requestInBatches } from '../common/reexamine.ts';
import type { SweepCell } from './cell.ts';
import { currentEvaluationContext, type EvaluationContext } from './evaluate.ts';
import { RESERVE_MS, readPart, type SweptPart } from './read-region.ts';
import { EMPTY_TALLY } from './tally.ts';

function exceeds(closing: number, groups: number, { policy }: SweepCell): boolean {
  return exceedsSweepShare(closing, groups, policy.budget);
}

/**
 * Whether rules would be closed in more groups than the policy lets a sweep. Of this part, and of the region up to here: where no part
 * exceeds the share, neither does the whole.
 */
function isOverShare({ closing, groups }: SweptPart, { share }: SweepRemainder, cell: SweepCell): boolean {
  return exceeds(closing.size, groups, cell) || exceeds(share.closing + closing.size, share.groups + groups, cell);
}

/** Whether every one of these groups has something held already, so that people know. */
async function areHeld(groupIds: ReadonlySet<string>, { ports }: SweepCell): Promise<boolean> {
  const held = new Set((await ports.ledger.waiting('held')).map(({ plan }) => plan.decision.group.id));
  return groupIds.isSubsetOf(held);
}

async function announceHeld({ closing, groups }: SweptPart, region: string, cell: SweepCell): Promise<void> {
  const { policy, account, ports } = cell;
  if (await areHeld(closing, cell)) return;
  const id = `sweep-held ${account} ${region} ${ports.clock.now()}`;
  const { sweepShare } = policy.budget;
  await ports.notifier.notify({ id, what: 'sweep-held', account, region, groups, closing: closing.size, sweepShare });
}

/**
 * Has the groups of concern looked at, with rule ids, facts and the ledger, which knows what people were told. Past the share, what was
 * there before is held: people are told once, and one of them lets it go on. Throws CallFailed.
 */
async function requestReexamination(
  part: SweptPart,
  region: string,
  rest: SweepRemainder,
  cell: SweepCell,
): Promise<void> {
  const { ports } = cell;
  const isOver = isOverShare(part, rest, cell);
  if (isOver) await announceHeld(part, region, cell);
  const limit = isOver ? (['hold'] as const) : [];
  await requestInBatches(
    part.concerns,
    ports.clock,
    async (some) => await ports.reevaluation.requestEvaluation(some, region, ...limit),
  );
}

/** What this invocation did of a sweep. */
export interface SweepResult {
  /** Groups seen. */
  readonly groups: number;
  /** Groups that are looked at again. */
  readonly concerns: number;
  /** Whether another invocation goes on with it. */
  readonly goesOn: boolean;
}

const NOTHING_YET: SweepRemainder['share'] = { groups: 0, closing: 0 };

function restAfter(
  { next, tally, groups, closing }: SweptPart,
  { regions, share, faults }: SweepRemainder,
): SweepRemainder {
  return {
    ...(next === undefined
      ? { regions: regions.slice(1), share: NOTHING_YET }
      : { regions, after: next, share: { groups: share.groups + groups, closing: share.closing + closing.size } }),
    tally,
    ...(faults && { faults }),
  };
}

/** Faults that are told of, and characters of each: what is left has to fit an event. */
const MOST_FAULTS = 20;
const FAULT_LENGTH = 300;

function inWords(fault: unknown): string {
  return (fault instanceof Error ? fault.message : String(fault)).slice(0, FAULT_LENGTH);
}

function toGoOn(rest: SweepRemainder, faults: readonly unknown[]): SweepRemainder {
  const told = [...(rest.faults ?? []), ...faults.map(inWords)].slice(0, MOST_FAULTS);
  return told.length === 0 ? rest : { ...rest, faults: told };
}

/** One region as far as time allows: what is left, and what went wrong. */
async function sweepPart(region: string, rest: SweepRemainder, court: EvaluationContext, cell: SweepCell) {
  const part = await readPart(region, rest, court, cell);
  const { faults } = await settleAll([requestReexamination(part, region, rest, cell)]);
  return { part, left: restAfter(part, rest), faults: [...part.faults, ...faults] };
}

/** A part that is tried again after a fault tells it again, under the same name. */
async function announceDigest(tally: Tally, { account, ports }: SweepCell): Promise<void> {
  const day = dayOf(ports.clock.now());
  await ports.notifier.notify({ id: `digest ${account} ${day}`, what: 'digest', account, tally });
}

/** The end of the last part. What parts before it could not do is left to one that only fails, so that the digest is told once. */
async function end(
  { digest, rest }: SweepRequest & { readonly rest: SweepRemainder },
  faults: readonly unknown[],
  cell: SweepCell,
): Promise<void> {
  if (faults.length > 0) throw new Unfinished([...faults, ...(rest.faults ?? [])]);
  if (rest.faults !== undefined) await cell.ports.relay.continueSweep({ do: 'sweep', digest: false, rest });
  if (digest) await announceDigest(rest.tally, cell);
}

/**
 * Sweeps the regions for what no event told: every group is judged by its page, and those of concern are handed to on-change, which
 * looks closer and acts. Where time runs short another invocation goes on. Doing it twice does nothing twice: the ledger knows.
 *
 * A part that another goes on from hands its faults on and does not fail: tried again by Lambda, it would have the rest swept once more at
 * each try, three times for each part before. After the last, a part that has nothing else to do fails with them, which raises the alarm.
 *
 * @throws Unfinished by the last part, once everything else is done, with every fault, so that Lambda tries it again.
 */
export async function sweep(request: SweepRequest, cell: SweepCell): Promise<SweepResult> {
  if (request.rest?.regions.length === 0) throw new Unfinished(request.rest.faults ?? []);
  const court = await currentEvaluationContext(cell);
  const faults: unknown[] = [];
  let rest: SweepRemainder = request.rest ?? { regions: cell.regions, tally: EMPTY_TALLY, share: NOTHING_YET };
  let [groups, concerns] = [0, 0];
  for (let [region] = rest.regions; region !== undefined; [region] = rest.regions) {
    const done = await sweepPart(region, rest, court, cell);
    groups += done.part.groups;
    concerns += done.part.concerns.length;
    faults.push(...done.faults);
    rest = done.left;
    if (done.part.next !== undefined || cell.remainingMs() <= RESERVE_MS) break;
  }
  const goesOn = rest.regions.length > 0;
  if (goesOn) await cell.ports.relay.continueSweep({ do: 'sweep', digest: request.digest, rest: toGoOn(rest, faults) });
  else await end({ ...request, rest }, faults, cell);
  return { groups, concerns, goesOn };
}
