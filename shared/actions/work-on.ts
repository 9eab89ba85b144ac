import { ChannelRefused, Unfinished } from '../domain/errors.ts';
import type { Press } from '../domain/requests/press.ts';
import { clipped } from '../network/text/clipped.ts';
import type { PressCell } from './cell.ts';
import { commandFor } from './command-for.ts';
import { permissionOf } from './permission.ts';
import { firstLine, type PressResult, resultOf } from './result-line.ts';

/** What became of a press. `unknown`: it is not on the record, so nobody pressed it. */
export type Worked =
  | { readonly kind: 'unknown' }
  | ({ readonly kind: 'told' | 'late' | 'not-allowed' | 'second' | 'carried-out' | 'refused' } & Told);

/** What whoever pressed was told; `unanswered`: the channel would not have it, for good. */
interface Told {
  readonly press: Press;
  readonly line: string;
  readonly unanswered?: ChannelRefused;
}

/** How old a press may be, ms: an hour. Nobody expects an older one, from a failure queue, to do anything. */
const LATEST_MS = 3_600_000;

/** Answers whoever pressed. Throws ChannelRefused where the channel may take it later. */
const tell = async (press: Press, line: string, { ports }: PressCell): Promise<Told> => {
  if (press.responseUrl === undefined) return { press, line };
  try {
    await ports.answers.answer(press.responseUrl, line);
    return { press, line };
  } catch (error) {
    if (!(error instanceof ChannelRefused) || error.retryable) throw error;
    return { press, line, unanswered: error };
  }
};

/**
 * Longest line that goes on the record and to whoever pressed, characters: what a message of Slack shows. A restore of 1,000 rules has more
 * to tell than an item of the ledger holds, and what cannot be put on the record would be asked for again and again.
 */
const MOST_LINE = 3000;

const end = async (press: Press, { line: whole, again }: PressResult, cell: PressCell): Promise<Told> => {
  const line = clipped(whole, MOST_LINE);
  await cell.ports.presses.ended(press, line, again);
  return await tell(press, line, cell);
};

const nothing = (because: string): PressResult => ({ line: `Nothing was done: ${because}.`, again: true });

/** What kept it from being done, in the words that a log has, too. */
const faultLine = (error: unknown): string =>
  `It has not worked yet: ${error instanceof Error ? error.message : String(error)}. It is tried again, twice at most.`;

/** Does a step; where it fails, the person who pressed is told, and the fault goes on to Lambda, which tries again. */
const attempted = async <T>(press: Press, cell: PressCell, step: () => Promise<T>): Promise<T> => {
  try {
    return await step();
  } catch (error) {
    const [untold] = await Promise.allSettled([tell(press, faultLine(error), cell)]);
    throw untold.status === 'rejected' ? new Unfinished([error, untold.reason]) : error;
  }
};

const carryOut = async (press: Press, cell: PressCell): Promise<Worked> => {
  const first = await cell.ports.presses.claim(press);
  if (first !== undefined)
    return { kind: 'second', ...(await end(press, { line: firstLine(first), again: true }, cell)) };
  const result = await attempted(press, cell, async () => await cell.ports.grant.obey(commandFor(press)));
  const kind = result.kind === 'refused' ? 'refused' : 'carried-out';
  return { kind, ...(await end(press, resultOf(result), cell)) };
};

/**
 * Carries out a press that is on the record, if whoever pressed may and nobody has before; what came of it goes on the record and to
 * whoever pressed. Tried again, it goes on where it broke off: the function that grants does nothing twice.
 *
 * @throws CallFailed, ChannelRefused: try again.
 */
export const workOn = async (pressId: string, cell: PressCell): Promise<Worked> => {
  const recorded = await cell.ports.presses.find(pressId);
  if (recorded === undefined) return { kind: 'unknown' };
  const { press, result } = recorded;
  if (result !== undefined) return { kind: 'told', ...(await tell(press, result, cell)) };
  if (cell.ports.clock.now() - press.at > LATEST_MS) {
    const late = nothing('it came too late, more than an hour after the press; press again');
    return { kind: 'late', ...(await end(press, late, cell)) };
  }
  const permission = await attempted(press, cell, async () => await permissionOf(press, cell));
  if (permission.kind === 'not-allowed')
    return { kind: 'not-allowed', ...(await end(press, nothing(permission.because), cell)) };
  return await carryOut(press, cell);
};
