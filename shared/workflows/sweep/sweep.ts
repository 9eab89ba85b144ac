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
 * Whether rules would be removed in more groups than the policy allows, in this part or in the region so far.
 */
function isOverShare({ closing, groups }: SweptPart, { share }: SweepRemainder, cell: SweepCell): boolean {
  return exceeds(closing.size, groups, cell) || exceeds(share.closing + closing.size, share.groups + groups, cell);
}

/** Whether each of these groups has a held plan already, so that people know. */
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
 * Requests evaluations of the groups that concern the sweep. Above the share, existing rules are held: people
 * are notified once, and a person resumes. Throws CallFailed.
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

/** What this invocation of a sweep did. */
export interface SweepResult {
  /** Groups that were read. */
  readonly groups: number;
  /** Groups for which an evaluation was requested. */
  readonly concerns: number;
  /** Whether another invocation continues the sweep. */
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

/**
 * Maximum number of faults that are passed on, and characters of each, because the remainder has to fit an
 * event.
 */
const MOST_FAULTS = 20;
const FAULT_LENGTH = 300;

function inWords(fault: unknown): string {
  return (fault instanceof Error ? fault.message : String(fault)).slice(0, FAULT_LENGTH);
}

function toGoOn(rest: SweepRemainder, faults: readonly unknown[]): SweepRemainder {
  const passedOn = [...(rest.faults ?? []), ...faults.map(inWords)].slice(0, MOST_FAULTS);
  return passedOn.length === 0 ? rest : { ...rest, faults: passedOn };
}

/** Sweeps one region as far as time allows. */
async function sweepPart(region: string, rest: SweepRemainder, context: EvaluationContext, cell: SweepCell) {
  const part = await readPart(region, rest, context, cell);
  const { faults } = await settleAll([requestReexamination(part, region, rest, cell)]);
  return { part, left: restAfter(part, rest), faults: [...part.faults, ...faults] };
}

/** A retry of the part sends the digest again under the same id. */
async function announceDigest(tally: Tally, { account, ports }: SweepCell): Promise<void> {
  const day = dayOf(ports.clock.now());
  await ports.notifier.notify({ id: `digest ${account} ${day}`, what: 'digest', account, tally });
}

/**
 * The end of the last part. Faults of earlier parts are left to an invocation that only fails, so that the
 * digest is sent once.
 */
async function end(
  { digest, rest }: SweepRequest & { readonly rest: SweepRemainder },
  faults: readonly unknown[],
  cell: SweepCell,
): Promise<void> {
  if (faults.length > 0) throw new Unfinished([...faults, ...(rest.faults ?? [])]);
  if (rest.faults !== undefined) await cell.ports.sweepQueue.continueSweep({ do: 'sweep', digest: false, rest });
  if (digest) await announceDigest(rest.tally, cell);
}

/**
 * Sweeps the regions for what no event reported: evaluates every group by its page, and requests evaluations
 * by on-change of groups that concern the sweep. If time runs short, another invocation continues. Repeating
 * a part does no harm.
 *
 * A part that another one continues passes its faults on and does not fail. Otherwise Lambda's retries would
 * repeat the rest of the sweep three times for each part. After the last part, an invocation that does
 * nothing else fails with these faults, which raises the alarm.
 *
 * @throws Unfinished by the last part, after everything else is done, with all faults.
 */
export async function sweep(request: SweepRequest, cell: SweepCell): Promise<SweepResult> {
  if (request.rest?.regions.length === 0) throw new Unfinished(request.rest.faults ?? []);
  const context = await currentEvaluationContext(cell);
  const faults: unknown[] = [];
  let rest: SweepRemainder = request.rest ?? { regions: cell.regions, tally: EMPTY_TALLY, share: NOTHING_YET };
  let [groups, concerns] = [0, 0];
  for (let [region] = rest.regions; region !== undefined; [region] = rest.regions) {
    const done = await sweepPart(region, rest, context, cell);
    groups += done.part.groups;
    concerns += done.part.concerns.length;
    faults.push(...done.faults);
    rest = done.left;
    if (done.part.next !== undefined || cell.remainingMs() <= RESERVE_MS) break;
  }
  const goesOn = rest.regions.length > 0;
  if (goesOn)
    await cell.ports.sweepQueue.continueSweep({ do: 'sweep', digest: request.digest, rest: toGoOn(rest, faults) });
  else await end({ ...request, rest }, faults, cell);
  return { groups, concerns, goesOn };
}
