import { CallFailed } from '../../shared/domain/errors.ts';

/** Several invocations that run at once, on a world that is new for each order. */
export interface Interleaving<World> {
  readonly make: () => Promise<World> | World;
  /** One invocation each. Its ports go through `wrap`. */
  readonly run: readonly ((world: World, wrap: Wrap) => Promise<unknown>)[];
  /** What must be true in the end. The failure's message names the order. */
  readonly check: (world: World) => Promise<void> | void;
  /** What happens before rejected invocations are retried, such as a minute passing. */
  readonly between?: (world: World) => Promise<void> | void;
}

/** The same object, with the calls of all its methods and of the objects in it waiting for their turns. */
type Wrap = <T extends object>(ports: T) => T;

/** A call that waits for its turn. */
export interface Pending {
  /** From 1. */
  readonly invocation: number;
  /** E.g. `ledger.reserve`. */
  readonly name: string;
  /** Which call of its invocation it is, from 1. */
  readonly nth: number;
  readonly args: readonly unknown[];
}

/**
 * What goes wrong at a call: it fails before or after its effect, and the invocation goes on or dies with it.
 */
export interface Fault {
  readonly when: 'before' | 'after';
  readonly invocation: 'goes on' | 'dies';
}

/** The next call, and what goes wrong with it. */
export interface Choice {
  readonly call: Pending;
  readonly fault?: Fault;
}

/** Chooses the next call among those that wait, of which there is at least one. */
export type Pick = (pending: readonly Pending[], step: number) => Choice;

/** `1:ledger.reserve`; with a fault `1:ledger.reserve !after, dies`. */
export function nameOf({ call, fault }: Choice): string {
  return `${call.invocation}:${call.name}${fault ? ` !${fault.when}, ${fault.invocation}` : ''}`;
}

/** What takes no turn: time is read, and the journal is written, in no time. */
const SURE = new Set(['now', 'journal']);

const MOST_ATTEMPTS = 4;

/** Turns of the event loop within which an invocation has to make its next call. */
const MOST_TURNS = 100_000;

async function turn(): Promise<void> {
  await new Promise<void>((resolve) => {
    setImmediate(resolve);
  });
}

type Method = (...args: readonly unknown[]) => unknown;

/** A call at the gate, with how to let it through. */
type Waiting = Pending & { readonly go: (fault?: Fault) => Promise<void> };

function broken(name: string): CallFailed {
  return new CallFailed(name, 'InternalError', true, 'a fault was injected');
}

/** An invocation at work: its calls wait at the gate, one attempt after another. */
class Invocation {
  readonly number: number;
  readonly #gate: Waiting[];
  #calls = 0;
  #isDead = false;
  state: 'running' | 'rejected' | 'done' = 'running';
  error: unknown;

  constructor(number: number, gate: Waiting[]) {
    this.number = number;
    this.#gate = gate;
  }

  start(work: (wrap: Wrap) => Promise<unknown>): void {
    this.#isDead = false;
    this.state = 'running';
    void this.#run(work);
  }

  async #run(work: (wrap: Wrap) => Promise<unknown>): Promise<void> {
    try {
      await work((ports) => this.#wrap(ports, ''));
      this.state = 'done';
    } catch (error) {
      this.state = 'rejected';
      this.error = error;
    }
  }

  /** Whether it waits for a turn. */
  get isAtGate(): boolean {
    return this.#gate.some(({ invocation }) => invocation === this.number);
  }

  async #call(name: string, args: readonly unknown[], method: Method): Promise<unknown> {
    if (this.#isDead) throw broken(name);
    this.#calls += 1;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const go = async (fault?: Fault): Promise<void> => {
      if (fault?.invocation === 'dies') this.#isDead = true;
      try {
        if (fault?.when === 'before') throw broken(name);
        const answer = await method(...args);
        if (fault) throw broken(name);
        resolve(answer);
      } catch (error) {
        reject(error);
      }
    };
    this.#gate.push({ invocation: this.number, name, nth: this.#calls, args, go });
    return await promise;
  }

  #wrap<T extends object>(ports: T, path: string): T {
    return new Proxy(ports, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target);
        const name = `${path}${String(key)}`;
        if (typeof value === 'object' && value !== null) return this.#wrap(value, `${name}.`);
        if (typeof value !== 'function') return value;
        const method = (value as Method).bind(target);
        if (SURE.has(String(key))) return method;
        return async (...args: readonly unknown[]) => await this.#call(name, args, method);
      },
    });
  }
}

/** Waits until every running invocation waits for a turn, and no further call arrives at the gate. */
async function untilQuiet(invocations: readonly Invocation[], gate: readonly Waiting[]): Promise<void> {
  let seen = -1;
  for (let turns = 0; turns < MOST_TURNS; turns += 1) {
    await turn();
    const isQuiet = invocations.every((one) => one.state !== 'running' || one.isAtGate);
    if (isQuiet && seen === gate.length) return;
    seen = isQuiet ? gate.length : -1;
  }
  const stuck = invocations.filter((one) => one.state === 'running' && !one.isAtGate).map(({ number }) => number);
  throw new Error(`invocation ${stuck.join(', ')} waits for something that is not a port`);
}

/**
 * Runs the invocations once, in the order that `pick` chooses, and retries what was rejected when the others
 * have ended.
 */
export async function execute<World>(flow: Interleaving<World>, pick: Pick): Promise<readonly string[]> {
  const world = await flow.make();
  const gate: Waiting[] = [];
  const order: string[] = [];
  const invocations = flow.run.map((_, index) => new Invocation(index + 1, gate));
  const begin = (one: Invocation): void => one.start(async (wrap) => await flow.run[one.number - 1]?.(world, wrap));

  const untilAllEnded = async (): Promise<void> => {
    for (;;) {
      await untilQuiet(invocations, gate);
      if (gate.length === 0) return;
      const choice = pick(gate, order.length);
      order.push(nameOf(choice));
      const [chosen] = gate.splice(
        gate.findIndex(({ invocation, nth }) => invocation === choice.call.invocation && nth === choice.call.nth),
        1,
      );
      await chosen?.go(choice.fault);
    }
  };

  try {
    for (const one of invocations) begin(one);
    for (let attempt = 1; ; attempt += 1) {
      await untilAllEnded();
      const rejected = invocations.filter(({ state }) => state === 'rejected');
      if (rejected.length === 0) break;
      if (attempt === MOST_ATTEMPTS) throw rejected[0]?.error;
      await flow.between?.(world);
      for (const one of rejected) begin(one);
    }
    await flow.check(world);
    return order;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`in the order ${JSON.stringify(order)}: ${message}`, { cause: error });
  }
}
