import { Unfinished } from '../../domain/errors.ts';
import type { Tally } from '../../domain/notifications/digest.ts';
import type { SweepRequest, SweepRest } from '../../domain/sweep.ts';
import { dayOf } from '../../policy/days.ts';
import { side } from '../../remediation/side.ts';
import type { SweepCell } from './cell.ts';
import { assemble, type Court } from './court.ts';
import { handOver } from './hand-over.ts';
import { type Part, RESERVE_MS, readPart } from './read.ts';
import { EMPTY_TALLY } from './tally.ts';

/** What this invocation did of a sweep. */
export interface Swept {
  /** Groups seen. */
  readonly groups: number;
  /** Groups that are looked at again. */
  readonly concerns: number;
  /** Whether another invocation goes on with it. */
  readonly goesOn: boolean;
}

const NOTHING_YET: SweepRest['share'] = { groups: 0, closing: 0 };

const restAfter = ({ next, tally, groups, closing }: Part, { regions, share, faults }: SweepRest): SweepRest => ({
  ...(next === undefined
    ? { regions: regions.slice(1), share: NOTHING_YET }
    : { regions, after: next, share: { groups: share.groups + groups, closing: share.closing + closing.size } }),
  tally,
  ...(faults && { faults }),
});

/** Faults that are told of, and characters of each: what is left has to fit an event. */
const MOST_FAULTS = 20;
const FAULT_LENGTH = 300;

const inWords = (fault: unknown): string =>
  (fault instanceof Error ? fault.message : String(fault)).slice(0, FAULT_LENGTH);

const toGoOn = (rest: SweepRest, faults: readonly unknown[]): SweepRest => {
  const told = [...(rest.faults ?? []), ...faults.map(inWords)].slice(0, MOST_FAULTS);
  return told.length === 0 ? rest : { ...rest, faults: told };
};

/** One region as far as time allows: what is left, and what went wrong. */
const sweepPart = async (region: string, rest: SweepRest, court: Court, cell: SweepCell) => {
  const part = await readPart(region, rest, court, cell);
  const { faults } = await side([handOver(part, region, rest, cell)]);
  return { part, left: restAfter(part, rest), faults: [...part.faults, ...faults] };
};

/** A part that is tried again after a fault tells it again, under the same name. */
const tellDigest = async (tally: Tally, { account, ports }: SweepCell): Promise<void> => {
  const day = dayOf(ports.clock.now());
  await ports.notices.announce({ id: `digest ${account} ${day}`, what: 'digest', account, tally });
};

/** The end of the last part. What parts before it could not do is left to one that only fails, so that the digest is told once. */
const end = async (
  { digest, rest }: SweepRequest & { readonly rest: SweepRest },
  faults: readonly unknown[],
  cell: SweepCell,
): Promise<void> => {
  if (faults.length > 0) throw new Unfinished([...faults, ...(rest.faults ?? [])]);
  if (rest.faults !== undefined) await cell.ports.relay.goOn({ do: 'sweep', digest: false, rest });
  if (digest) await tellDigest(rest.tally, cell);
};

/**
 * Sweeps the regions for what no event told: every group is judged by its page, and those of concern are handed to on-change, which
 * looks closer and acts. Where time runs short another invocation goes on. Doing it twice does nothing twice: the ledger knows.
 *
 * A part that another goes on from hands its faults on and does not fail: tried again by Lambda, it would have the rest swept once more at
 * each try, three times for each part before. After the last, a part that has nothing else to do fails with them, which raises the alarm.
 *
 * @throws Unfinished by the last part, once everything else is done, with every fault, so that Lambda tries it again.
 */
export const sweep = async (request: SweepRequest, cell: SweepCell): Promise<Swept> => {
  if (request.rest?.regions.length === 0) throw new Unfinished(request.rest.faults ?? []);
  const court = await assemble(cell);
  const faults: unknown[] = [];
  let rest: SweepRest = request.rest ?? { regions: cell.regions, tally: EMPTY_TALLY, share: NOTHING_YET };
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
  if (goesOn) await cell.ports.relay.goOn({ do: 'sweep', digest: request.digest, rest: toGoOn(rest, faults) });
  else await end({ ...request, rest }, faults, cell);
  return { groups, concerns, goesOn };
};
