import { Activity, elapsed, type LocalClock, timeoutSignal, turn } from './clock.ts';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** Thrown by `run` if the work waits for something that is not a timer or an activity. */
export class TimeStandsStill extends Error {
  override readonly name = 'TimeStandsStill';
}

/**
 * Turns of the event loop without a change before time passes. Promise chains settle within one turn, streams
 * within two.
 */
const QUIET_TURNS = 3;

/** Turns without a timer and without a busy activity before `run` gives up. */
const MOST_IDLE_TURNS = 2000;

/** Whether the process is reading a file, e.g. for a lazy `import()`. */
function readsFiles(): boolean {
  return process.getActiveResourcesInfo().some((resource) => resource.startsWith('FSReq'));
}

/** Default start of virtual time. */
const START = Date.parse('2026-05-04T09:00:00Z');

/**
 * A virtual clock. Time passes only in `run` and `advance`, and only while everything waits for time: then
 * the clock jumps to the earliest timer. Timers for the same moment fire in the order in which they were set.
 *
 * An activity that neither sleeps nor waits for another activity runs code. The clock waits for it, however
 * long that takes on the machine.
 */
export class VirtualClock implements LocalClock {
  #now: number;
  /** Sorted, earliest first. */
  readonly #timers: Timer[] = [];
  readonly #live = new Set<Activity>();
  /** Rejects each `run` in progress. */
  readonly #runs = new Set<(error: unknown) => void>();
  #isPumping = false;
  #changes = 0;
  #onChange: (() => void) | undefined;

  constructor(start: number = START) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  /** Outside of activities. Time does not wait for the sleeper. */
  async sleep(ms: number): Promise<void> {
    await elapsed(this, ms);
  }

  timeout(ms: number): AbortSignal {
    return timeoutSignal(this, ms);
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, ms), callback };
    const later = this.#timers.findLastIndex(({ at }) => at <= timer.at) + 1;
    this.#timers.splice(later, 0, timer);
    this.#noteChange();
    return () => {
      const index = this.#timers.indexOf(timer);
      if (index >= 0) this.#timers.splice(index, 1);
    };
  }

  begin(name: string): Activity {
    return new Activity(name, this);
  }

  /** Names of the activities that hold time back, to debug a test that hangs. */
  get busy(): readonly string[] {
    return [...this.#live].filter(({ isWaiting }) => !isWaiting).map(({ name }) => name);
  }

  /** Called by activities. */
  changed(activity: Activity): void {
    if (activity.isOver) this.#live.delete(activity);
    else this.#live.add(activity);
    this.#noteChange();
  }

  /**
   * Lets time pass until the work is done. Rejects with TimeStandsStill if the work waits for something other
   * than time.
   */
  async run<T>(work: Promise<T>): Promise<T> {
    const stuck = Promise.withResolvers<never>();
    this.#runs.add(stuck.reject);
    void this.#pump();
    try {
      return await Promise.race([work, stuck.promise]);
    } finally {
      this.#runs.delete(stuck.reject);
      this.#noteChange();
    }
  }

  /** Lets this much time pass, with everything that happens in it. */
  async advance(ms: number): Promise<void> {
    await this.run(elapsed(this, ms));
    await this.settle();
  }

  /** Resolves when every activity waits. No time passes. */
  async settle(): Promise<void> {
    while (!(await this.#isStill())) await this.#change();
  }

  #noteChange(): void {
    this.#changes += 1;
    this.#onChange?.();
    this.#onChange = undefined;
  }

  /** Resolves at the next change if an activity runs code, else after one turn. */
  async #change(): Promise<void> {
    if (!this.#isBusy()) return await turn();
    await new Promise<void>((resolve) => {
      const others = this.#onChange;
      this.#onChange = () => {
        others?.();
        resolve();
      };
    });
  }

  /** Whether an activity runs code. */
  #isBusy(): boolean {
    for (const activity of this.#live) if (!activity.isWaiting) return true;
    return false;
  }

  async #isStill(): Promise<boolean> {
    const changes = this.#changes;
    for (let turns = 0; turns < QUIET_TURNS; turns += 1) await turn();
    return changes === this.#changes && !this.#isBusy() && !readsFiles();
  }

  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    try {
      await this.#passTime();
    } catch (error) {
      this.#rejectRuns(error);
    } finally {
      this.#isPumping = false;
    }
  }

  async #passTime(): Promise<void> {
    let idle = 0;
    while (this.#runs.size > 0) {
      if (!(await this.#isStill())) {
        idle = 0;
        await this.#change();
      } else if (this.#runs.size > 0 && this.#fire()) idle = 0;
      else {
        idle += 1;
        if (idle > MOST_IDLE_TURNS) throw new TimeStandsStill('the work waits for something that is not time');
      }
    }
  }

  /** Jumps to the earliest timer. Returns false if there is none. */
  #fire(): boolean {
    const timer = this.#timers.shift();
    if (!timer) return false;
    this.#now = Math.max(this.#now, timer.at);
    timer.callback();
    this.#noteChange();
    return true;
  }

  #rejectRuns(error: unknown): void {
    for (const reject of this.#runs) reject(error);
    this.#runs.clear();
  }
}
