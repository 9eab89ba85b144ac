import type { Tally } from '../../model/digest.ts';
import { Unfinished } from '../../model/errors.ts';
import type { SweepRequest, SweepRest } from '../../model/sweep.ts';
import { side } from '../side.ts';
import type { SweepCell } from './cell.ts';
import { assemble, type Court } from './court.ts';
import { handOver } from './hand-over.ts';
import { type Part, readPart } from './read.ts';
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

const restAfter = ({ next, tally, groups, closing }: Part, { regions, share }: SweepRest): SweepRest =>
  next === undefined
    ? { regions: regions.slice(1), tally, share: NOTHING_YET }
    : { regions, after: next, tally, share: { groups: share.groups + groups, closing: share.closing + closing.size } };

/** One region as far as time allows: what is left, and what went wrong. */
const sweepPart = async (region: string, rest: SweepRest, court: Court, cell: SweepCell) => {
  const part = await readPart(region, rest, court, cell);
  const { faults } = await side([handOver(part, region, rest, cell)]);
  return { part, left: restAfter(part, rest), faults: [...part.faults, ...faults] };
};

/** A part that is tried again after a fault tells it again, under the same name. */
const tellDigest = async (tally: Tally, { account, ports }: SweepCell): Promise<void> => {
  const day = new Date(ports.clock.now()).toISOString().slice(0, 10);
  await ports.notices.announce({ id: `digest ${account} ${day}`, what: 'digest', account, tally });
};

/**
 * Sweeps the regions for what no event told: every group is judged by its page, and those of concern are handed to on-change, which
 * looks closer and acts. Where time runs short another invocation goes on. Doing it twice does nothing twice: the ledger knows.
 *
 * @throws Unfinished once everything else is done, with every fault, so that Lambda tries this part again and then raises the alarm.
 */
export const sweep = async (request: SweepRequest, cell: SweepCell): Promise<Swept> => {
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
    if (done.part.next !== undefined) break;
  }
  const goesOn = rest.regions.length > 0;
  if (goesOn) await cell.ports.relay.goOn({ do: 'sweep', digest: request.digest, rest });
  if (faults.length > 0) throw new Unfinished(faults);
  if (!goesOn && request.digest) await tellDigest(rest.tally, cell);
  return { groups, concerns, goesOn };
};
