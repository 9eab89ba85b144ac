import { type DeliveryFailure, type InvocationOptions, invokeAsync } from './invocation.ts';

/** What goes on in an account after the calls that set it off were answered. */
export interface Background {
  /** Counts work as under way until it has ended. It never rejects. */
  track(work: Promise<void>): void;
  /** Begins an asynchronous invocation, with Lambda's retries. */
  invoke(options: InvocationOptions, event: unknown): void;
  /** Resolves when nothing runs any more, including what the work itself has set off. */
  drain(): Promise<void>;
  /** Events that their function rejected three times. */
  readonly failures: readonly DeliveryFailure[];
}

/** Nothing under way yet. */
export function startBackground(): Background {
  const running = new Set<Promise<void>>();
  const failures: DeliveryFailure[] = [];

  function track(work: Promise<void>): void {
    running.add(work);
    void work.finally(() => running.delete(work));
  }

  async function toItsEnd(options: InvocationOptions, event: unknown): Promise<void> {
    const failure = await invokeAsync(options, event);
    if (failure) failures.push(failure);
  }

  return {
    track,
    invoke: (options, event) => track(toItsEnd(options, event)),
    async drain() {
      while (running.size > 0) await Promise.all(running);
    },
    failures,
  };
}
