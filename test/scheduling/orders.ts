import { type Choice, execute, type Fault, type Interleaving, nameOf, type Pending, type Pick } from './execution.ts';

const READS = /\.(?:fetchSnapshot|find|entries|stateOf|active|get|of|ceiling|all)$/;

function portOf({ name }: Pending): string {
  return name.split('.')[0] ?? '';
}

/** The state of a group that the ledger reads has what other ports write. */
function readsStateThat(reader: Pending, writer: Pending): boolean {
  return reader.name === 'ledger.stateOf' && /^(?:records|exemptions)\./.test(writer.name) && !READS.test(writer.name);
}

/** What only adds to a list whose order says nothing. */
const APPENDS = /^notifier\./;

/**
 * Whether two calls that wait at the same time do the same in either order: calls of different ports do,
 * since each has a state of its own, and so do two reads and two notices. Time is everybody's.
 */
export function commutes(a: Pending, b: Pending): boolean {
  if (portOf(a) === 'clock' || portOf(b) === 'clock') return false;
  if (portOf(a) !== portOf(b)) return !(readsStateThat(a, b) || readsStateThat(b, a));
  return (READS.test(a.name) && READS.test(b.name)) || (APPENDS.test(a.name) && APPENDS.test(b.name));
}

function isSame(a: Pending, b: Pending): boolean {
  return a.invocation === b.invocation && a.nth === b.nth;
}

/**
 * A point in the search: what waited there, what was tried, and what need not be tried, since it commutes
 * with what was.
 */
interface Node {
  readonly pending: readonly Pending[];
  readonly asleep: readonly Pending[];
  readonly tried: Pending[];
}

/** What is asleep after `chosen`: what was asleep or tried before and commutes with it. */
function asleepAfter({ asleep, tried }: Node, chosen: Pending, isCommuting: typeof commutes): readonly Pending[] {
  return [...asleep, ...tried].filter((one) => !isSame(one, chosen) && isCommuting(one, chosen));
}

/** The same point in another execution, whose calls have other arguments, such as ids. */
function renewed(node: Node, pending: readonly Pending[]): Node {
  const again = (calls: readonly Pending[]) =>
    calls.map((call) => {
      const found = pending.find((one) => isSame(one, call));
      if (found?.name !== call.name)
        throw new Error(`the flow does not repeat itself: ${call.name} does not wait any more`);
      return found;
    });
  return { pending: again(node.pending), asleep: again(node.asleep), tried: again(node.tried) };
}

function nextOf({ pending, asleep, tried }: Node): Pending | undefined {
  return pending.find((call) => ![...asleep, ...tried].some((one) => isSame(one, call)));
}

/** Thrown to give up an execution that leads to the same as one that was explored before. */
class Redundant extends Error {}

export interface Search {
  /** Executions, redundant ones included, after which the search fails as too large. */
  readonly most?: number;
  /** Default: `commutes`. A test of the search itself may switch it off. */
  readonly commutes?: typeof commutes;
  /**
   * Whether a call commutes with every other call of the flow: such a call is made at once. Default: none
   * does.
   */
  readonly isFree?: (call: Pending) => boolean;
}

/**
 * Runs the invocations in every order of their port calls, depth first, with orders left out that differ only
 * in calls that commute (sleep sets). Throws with the first order that fails.
 *
 * @returns how many orders were played.
 *
 * @see https://doi.org/10.1007/3-540-60761-7 (Godefroid, Partial-Order Methods for the Verification of
 * Concurrent Systems, chapter 5)
 */
export async function everyOrder<World>(
  flow: Interleaving<World>,
  { most = 20_000, commutes: isCommuting = commutes, isFree = () => false }: Search = {},
): Promise<number> {
  const path: Node[] = [];
  let orders = 0;

  const pick: Pick = (pending, step) => {
    const known = path[step];
    if (known) {
      const node = renewed(known, pending);
      path[step] = node;
      const call = node.tried.at(-1);
      if (call) return { call };
    }
    const before = path[step - 1];
    const last = before?.tried.at(-1);
    const asleep =
      before && last ? asleepAfter({ ...before, tried: before.tried.slice(0, -1) }, last, isCommuting) : [];
    const node: Node = {
      pending: pending.some(isFree) ? pending.filter(isFree).slice(0, 1) : [...pending],
      asleep,
      tried: [],
    };
    const call = nextOf(node);
    if (call === undefined) throw new Redundant();
    node.tried.push(call);
    path.push(node);
    return { call };
  };

  /** Goes back to the last point with something left to try. */
  const backtrack = (): boolean => {
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
      const next = nextOf(node);
      if (next) {
        node.tried.push(next);
        return true;
      }
      path.pop();
    }
    return false;
  };

  for (let executions = 1; ; executions += 1) {
    if (executions > most) throw new Error(`more than ${most} orders: bound the flow or raise \`most\``);
    try {
      await execute(flow, pick);
      orders += 1;
    } catch (error) {
      if (!(error instanceof Error && error.cause instanceof Redundant)) throw error;
    }
    if (!backtrack()) {
      return orders;
    }
  }
}

/** Linear congruential: the same numbers for the same seed. */
function randomFrom(seed: number): () => number {
  let state = Math.imul(seed, 2_654_435_761) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const FAULTS: readonly Fault[] = (['before', 'after'] as const).flatMap((when) =>
  (['goes on', 'dies'] as const).map((invocation) => ({ when, invocation })),
);

export interface Sampling {
  /** How many orders, from seed 1. */
  readonly seeds: number;
  /** Whether one call of each order meets a fault. Default false. */
  readonly faults?: boolean;
  /** Calls of one order among which the fault is placed. Default 30. */
  readonly calls?: number;
}

/**
 * Runs the invocations in random orders. Throws with the first order that fails, and its seed.
 *
 * @returns how many different orders were played.
 */
export async function randomOrders<World>(
  flow: Interleaving<World>,
  { seeds, faults = false, calls = 30 }: Sampling,
): Promise<number> {
  const seen = new Set<string>();
  for (let seed = 1; seed <= seeds; seed += 1) {
    const random = randomFrom(seed);
    const below = (most: number): number => Math.floor(random() * most);
    const faultAt = faults ? below(calls) : -1;
    const pick: Pick = (pending, step) => {
      const call = pending[below(pending.length)];
      if (call === undefined) throw new RangeError('nothing waits');
      const fault = step === faultAt ? FAULTS[below(FAULTS.length)] : undefined;
      return { call, ...(fault && { fault }) };
    };
    try {
      seen.add((await execute(flow, pick)).join(' '));
    } catch (error) {
      throw new Error(`seed ${seed}, ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
  return seen.size;
}

function choiceNamed(pending: readonly Pending[], name: string): Choice {
  const choices = pending.flatMap((call): readonly Choice[] => [
    { call },
    ...FAULTS.map((fault): Choice => ({ call, fault })),
  ]);
  const found = choices.find((choice) => nameOf(choice) === name);
  if (found) return found;
  const waiting = pending.map((call) => nameOf({ call })).join(', ');
  throw new RangeError(`${name} does not wait; ${waiting} do`);
}

/**
 * Runs the invocations in an order that a failure named; from its end on, the first call that waits is next.
 */
export async function replay<World>(flow: Interleaving<World>, order: readonly string[]): Promise<readonly string[]> {
  return await execute(flow, (pending, step) => {
    const name = order[step];
    const [first] = pending;
    if (name !== undefined) return choiceNamed(pending, name);
    if (first === undefined) throw new RangeError('nothing waits');
    return { call: first };
  });
}
