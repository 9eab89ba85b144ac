import { CallFailed } from '../../shared/domain/errors.ts';

/**
 * One fault: which call of all it hits, whether that call still had its effect, and whether the invocation
 * goes on or dies with it (then none of its later calls has an effect either).
 */
interface Fault {
  readonly at: number;
  readonly when: 'before' | 'after';
  readonly invocation: 'goes on' | 'dies';
}

/** What never fails: time, the journal, and choosing a region. What the last one gives is wrapped, too. */
const SURE = new Set(['now', 'sleep', 'journal', 'region']);

type Method = (...args: readonly unknown[]) => unknown;

/** One invocation's calls to whatever is wrapped, counted together, one of them broken. */
function faulty(fault?: Fault) {
  const calls: string[] = [];
  const broken = (name: string) => new CallFailed(name, 'InternalError', true, 'a fault was injected');
  const isDead = () => fault?.invocation === 'dies' && calls.length > fault.at;

  const counted =
    (name: string, method: Method) =>
    async (...args: readonly unknown[]): Promise<unknown> => {
      calls.push(name);
      const isHit = calls.length === fault?.at;
      if (isDead() || (isHit && fault.when === 'before')) throw broken(name);
      const answer = await method(...args);
      if (isHit) throw broken(name);
      return answer;
    };

  /** The same object, with the calls of all its methods, and of the objects in it, counted and broken. */
  const wrap = <T extends object>(ports: T): T =>
    new Proxy(ports, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value === 'function') {
          const method = (value as Method).bind(target);
          if (!SURE.has(String(key))) return counted(String(key), method);
          return (...args: readonly unknown[]) => {
            const answer = method(...args);
            return key === 'region' ? wrap(answer as object) : answer;
          };
        }
        return typeof value === 'object' && value !== null ? wrap(value) : value;
      },
    });

  return { wrap, calls };
}

/** A flow to be broken at every call. */
export interface Flow<World> {
  /** Everything as it is before the flow, new each time. */
  readonly make: () => Promise<World> | World;
  /** One invocation; `attempt` counts from 1. Its ports go through `wrap`. */
  readonly run: (world: World, wrap: <T extends object>(ports: T) => T, attempt: number) => Promise<unknown>;
  /** What must be true in the end, whatever broke. `fault` names it; a failure's message does so, too. */
  readonly check: (world: World, fault: string) => Promise<void> | void;
  /** What happens between a broken invocation and the next, such as time passing. */
  readonly between?: (world: World) => Promise<void> | void;
}

const MOST_ATTEMPTS = 5;

const FAULTS = (['before', 'after'] as const).flatMap((when) =>
  (['goes on', 'dies'] as const).map((invocation) => ({ when, invocation })),
);

async function play<World>({ make, run, check, between }: Flow<World>, fault?: Fault): Promise<number> {
  const world = await make();
  const first = faulty(fault);
  const name = () =>
    fault === undefined
      ? 'no fault'
      : `call ${fault.at} (${first.calls[fault.at - 1] ?? 'none'}) broke ${fault.when} its effect, the invocation ${fault.invocation}`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await run(world, attempt === 1 ? first.wrap : faulty().wrap, attempt);
      break;
    } catch (error) {
      if (attempt === MOST_ATTEMPTS) throw new Error(`${name()}: no end after ${attempt} attempts`, { cause: error });
      await between?.(world);
    }
  }
  try {
    await check(world, name());
  } catch (error) {
    throw new Error(`${name()}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  return first.calls.length;
}

/**
 * Plays a flow undisturbed, and then once for every call that it makes and every kind of fault, retried
 * without one until it passes.
 *
 * @returns the number of calls that were broken, one after the other.
 */
export async function underEveryFault<World>(flow: Flow<World>): Promise<number> {
  const calls = await play(flow);
  for (let at = 1; at <= calls; at += 1) for (const kind of FAULTS) await play(flow, { at, ...kind });
  return calls;
}
