import { type DeliveryFailure, type InvocationOptions, invokeAsync, type Wait } from './invocation.ts';
import type { LocalClock } from './time/clock.ts';

/** What goes on in an account after the calls that set it off were answered. */
export interface Background {
  /** Counts work as in progress until it has ended. The work must never reject. */
  track(work: Promise<void>): void;
  /** Waits on the clock, for work that is tracked. */
  readonly wait: Wait;
  /** Begins an asynchronous invocation, with Lambda's retries. */
  invoke(options: InvocationOptions, event: unknown): void;
  /** Lets time pass until nothing is in progress any more, including what the work itself has set off and what waits for its time. */
  drain(): Promise<void>;
  /** Ends all waits: retries that are due later become failures. Resolves when nothing is in progress any more. */
  stop(): Promise<void>;
  /** Calls `listener` with each event that Lambda gives up; returns how to stop. */
  onFailure(listener: (failure: DeliveryFailure) => void): () => void;
  /** Events that Lambda gave up, live. */
  readonly failures: readonly DeliveryFailure[];
}

/** Nothing in progress yet. */
export function startBackground(clock: LocalClock): Background {
  const running = new Set<Promise<void>>();
  const failures: DeliveryFailure[] = [];
  const listeners = new Set<(failure: DeliveryFailure) => void>();
  const stopping = new AbortController();

  function track(work: Promise<void>): void {
    running.add(work);
    void work.finally(() => running.delete(work));
  }

  async function wait(ms: number): Promise<'elapsed' | 'stopped'> {
    const { signal } = stopping;
    if (signal.aborted) return 'stopped';
    const { promise, resolve } = Promise.withResolvers<'elapsed' | 'stopped'>();
    const onStop = (): void => resolve('stopped');
    signal.addEventListener('abort', onStop, { once: true });
    const cancel = clock.after(ms, () => resolve('elapsed'));
    try {
      return await promise;
    } finally {
      cancel();
      signal.removeEventListener('abort', onStop);
    }
  }

  async function toItsEnd(options: InvocationOptions, event: unknown): Promise<void> {
    const failure = await invokeAsync(options, event, wait);
    if (!failure) return;
    failures.push(failure);
    for (const listener of listeners) listener(failure);
  }

  async function idle(): Promise<void> {
    while (running.size > 0) await Promise.all(running);
  }

  return {
    track,
    wait,
    invoke: (options, event) => track(toItsEnd(options, event)),
    drain: async () => await clock.run(idle()),
    async stop() {
      stopping.abort();
      await clock.run(idle());
    },
    onFailure(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    failures,
  };
}
