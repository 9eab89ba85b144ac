import type { Clock } from '../../../shared/domain/runtime.ts';

/** What an activity throws once it is over, e.g. because its function timed out. */
export class ActivityOver extends Error {
  override readonly name = 'ActivityOver';

  constructor(activity: string) {
    super(`${activity} is over: nothing that it does takes effect any more`);
  }
}

/** What an activity needs of its clock. */
interface Keeper {
  after(ms: number, callback: () => void): () => void;
  /** Called whenever an activity begins, ends, falls asleep or wakes. */
  changed(activity: Activity): void;
}

/**
 * A piece of work that virtual time waits for: an invocation or a call. Time passes only while each live activity is waiting, that is
 * asleep or waiting for an activity that it began. An activity that does neither is running code, such as a lazy `import()`.
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

  /** Resolves after that many milliseconds; never, if the activity ends before. Rejects with ActivityOver if it has ended already. */
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

  /** Says that the parent no longer waits for this activity, which goes on. */
  detach(): void {
    if (!this.#parent) return;
    this.#parent.#children -= 1;
    this.#keeper.changed(this.#parent);
    this.#parent = undefined;
  }

  /** Ends the activity that waits for this one, as if its process died at this moment. Nothing happens if none waits. */
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

/** The embedded account's time, real or virtual. Milliseconds. */
export interface LocalClock extends Clock {
  /** Aborts with a TimeoutError when the time has passed. Virtual time never waits for it. */
  timeout(ms: number): AbortSignal;
  /** Calls back when the time has passed; returns how to cancel. Virtual time never waits for it. */
  after(ms: number, callback: () => void): () => void;
  /** Begins an activity that nothing waits for. */
  begin(name: string): Activity;
  /** Lets time pass until the work is done. Real time passes anyway. */
  run<T>(work: Promise<T>): Promise<T>;
}

/** Resolves when the time has passed, without being an activity. */
export async function elapsed(clock: Pick<LocalClock, 'after'>, ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    clock.after(ms, resolve);
  });
}

/** The signal of `LocalClock.timeout`, as AbortSignal.timeout makes it. */
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
