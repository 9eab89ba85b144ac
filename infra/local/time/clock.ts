import type { Clock } from '../../../shared/domain/runtime.ts';

/** Thrown by an activity that has ended, e.g. because its function timed out. */
export class ActivityOver extends Error {
  override readonly name = 'ActivityOver';

  constructor(activity: string) {
    super(`${activity} has ended: its calls have no effect any more`);
  }
}

/** What an activity needs from its clock. */
interface Keeper {
  after(ms: number, callback: () => void): () => void;
  /** Called when an activity begins, ends, starts to sleep or wakes. */
  changed(activity: Activity): void;
}

/**
 * A piece of work that virtual time waits for: an invocation or a call. Time passes only while every live
 * activity sleeps or waits for an activity that it began. Any other activity is running code, such as a lazy
 * `import()`.
 */
export class Activity {
  readonly name: string;
  readonly #keeper: Keeper;
  #parent: Activity | undefined;
  #sleeping = 0;
  #children = 0;
  #isOver = false;
  /** Called once if the activity crashes. */
  onCrash: (() => void) | undefined;

  constructor(name: string, keeper: Keeper, parent?: Activity) {
    this.name = name;
    this.#keeper = keeper;
    this.#parent = parent;
    if (parent) parent.#children += 1;
    keeper.changed(this);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get isWaiting(): boolean {
    return this.#sleeping > 0 || this.#children > 0;
  }

  /**
   * Resolves after the time; never, if the activity ends before. Rejects with ActivityOver if the activity
   * has ended already.
   */
  async sleep(ms: number): Promise<void> {
    if (this.#isOver) throw new ActivityOver(this.name);
    this.#sleeping += 1;
    await new Promise<void>((wake) => {
      this.#keeper.after(ms, () => {
        this.#sleeping -= 1;
        this.#keeper.changed(this);
        if (!this.#isOver) wake();
      });
    });
  }

  /** Begins an activity that this one waits for. Throws ActivityOver. */
  begin(name: string): Activity {
    if (this.#isOver) throw new ActivityOver(this.name);
    return new Activity(name, this.#keeper, this);
  }

  /** Ends the parent's wait for this activity, which continues. */
  detach(): void {
    if (!this.#parent) return;
    this.#parent.#children -= 1;
    this.#keeper.changed(this.#parent);
    this.#parent = undefined;
  }

  /**
   * Ends the activity that waits for this one, as if its process died now. Does nothing if no activity waits.
   */
  crashParent(): void {
    const parent = this.#parent;
    if (!parent || parent.#isOver) return;
    parent.end();
    parent.onCrash?.();
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.detach();
    this.#keeper.changed(this);
  }
}

/** The embedded account's time, real or virtual, in milliseconds. */
export interface LocalClock extends Clock {
  /** A signal that aborts with a TimeoutError after the time. Virtual time does not wait for it. */
  timeout(ms: number): AbortSignal;
  /** Calls back after the time. Returns a function that cancels. Virtual time does not wait for it. */
  after(ms: number, callback: () => void): () => void;
  /** Begins an activity without a parent. */
  begin(name: string): Activity;
  /** Lets virtual time pass until the work is done. Real time passes anyway. */
  run<T>(work: Promise<T>): Promise<T>;
}

/** Resolves after the time, without an activity. */
export async function elapsed(clock: Pick<LocalClock, 'after'>, ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    clock.after(ms, resolve);
  });
}

/** A signal for `LocalClock.timeout`, with the same reason as AbortSignal.timeout. */
export function timeoutSignal(clock: Pick<LocalClock, 'after'>, ms: number): AbortSignal {
  const controller = new AbortController();
  clock.after(ms, () => controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')));
  return controller.signal;
}

/** One turn of the event loop. */
export async function turn(): Promise<void> {
  await new Promise<void>((resolve) => {
    setImmediate(resolve);
  });
}
