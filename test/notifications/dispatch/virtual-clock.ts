import { setImmediate as settled } from 'node:timers/promises';
import type { Clock } from '../../../shared/domain/runtime.ts';

interface Timer {
  readonly at: number;
  readonly wake: () => void;
}

/** A clock that jumps to the next timer when everything else has come to rest. No real time passes. */
export class VirtualClock implements Pick<Clock, 'now' | 'sleep'> {
  #time: number;
  readonly #timers: Timer[] = [];

  constructor(start: number) {
    this.#time = start;
  }

  now(): number {
    return this.#time;
  }

  async sleep(ms: number): Promise<void> {
    await new Promise<void>((wake) => {
      this.#timers.push({ at: this.#time + ms, wake });
    });
  }

  /** Lets time pass until the work is done. Throws where the work waits for something else than time. */
  async run<T>(work: Promise<T>): Promise<T> {
    const state = { isOver: false };
    const over = work.finally(() => {
      state.isOver = true;
    });
    const quietly = Promise.allSettled([over]);
    for (let idle = 0; idle < 100; idle += 1) {
      await settled();
      if (state.isOver) break;
      if (this.#wakeNext()) idle = 0;
    }
    if (!state.isOver) throw new Error('the work waits for something that is no timer');
    await quietly;
    return await over;
  }

  /** Answers false where nobody sleeps. */
  #wakeNext(): boolean {
    const next = this.#timers.reduce<Timer | undefined>((a, b) => (a === undefined || b.at < a.at ? b : a), undefined);
    if (next === undefined) return false;
    this.#timers.splice(this.#timers.indexOf(next), 1);
    this.#time = Math.max(this.#time, next.at);
    next.wake();
    return true;
  }
}
