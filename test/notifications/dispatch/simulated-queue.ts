import type { Clock } from '../../../shared/domain/runtime.ts';

interface Kept<T> {
  readonly receipt: string;
  readonly body: T;
  visibleAt: number;
  receives: number;
}

export interface QueueSettings {
  /** How long what was received is hidden, ms. */
  readonly hiddenMs: number;
  /** What was received that often and not deleted goes to the failure queue. */
  readonly maxReceives: number;
}

/** A standard queue of SQS with its failure queue, as far as Lambda's polling sees it. */
export class SimulatedQueue<T> {
  readonly #kept = new Map<string, Kept<T>>();
  /** The latest first. */
  readonly #arriving: Kept<T>[] = [];
  readonly #clock: Pick<Clock, 'now' | 'sleep'>;
  readonly #settings: QueueSettings;
  #sent = 0;
  #isSorted = true;
  readonly failures: T[] = [];
  receives = 0;

  constructor(clock: Pick<Clock, 'now' | 'sleep'>, settings: QueueSettings) {
    this.#clock = clock;
    this.#settings = settings;
  }

  /** `inMs`: it arrives that much later. */
  send(body: T, inMs = 0): void {
    this.#sent += 1;
    const receipt = `receipt-${this.#sent}`;
    this.#arriving.push({ receipt, body, visibleAt: this.#clock.now() + inMs, receives: 0 });
    this.#isSorted = false;
  }

  #arrive(): void {
    if (!this.#isSorted) this.#arriving.sort((a, b) => b.visibleAt - a.visibleAt);
    this.#isSorted = true;
    for (let next = this.#arriving.at(-1); next !== undefined && next.visibleAt <= this.#clock.now(); ) {
      this.#kept.set(next.receipt, next);
      this.#arriving.pop();
      next = this.#arriving.at(-1);
    }
  }

  get #nextAt(): number {
    const hidden = [...this.#kept.values()].map(({ visibleAt }) => visibleAt);
    return Math.min(this.#arriving.at(-1)?.visibleAt ?? Number.POSITIVE_INFINITY, ...hidden);
  }

  /** Everything in the failure queue is sent again. */
  redrive(): number {
    const again = this.failures.splice(0);
    for (const body of again) this.send(body);
    return again.length;
  }

  #receive(most: number): readonly Kept<T>[] {
    this.#arrive();
    const now = this.#clock.now();
    const taken: Kept<T>[] = [];
    for (const one of this.#kept.values()) {
      if (taken.length === most) break;
      if (one.visibleAt > now) continue;
      if (one.receives >= this.#settings.maxReceives) {
        this.#kept.delete(one.receipt);
        this.failures.push(one.body);
        continue;
      }
      one.receives += 1;
      one.visibleAt = now + this.#settings.hiddenMs;
      taken.push(one);
    }
    this.receives += taken.length;
    return taken;
  }

  /** Polls with one of Lambda's pollers until nothing is left. `invoke` answers receipts that failed. */
  async poll(
    invoke: (batch: readonly { readonly receipt: string; readonly body: T }[]) => Promise<ReadonlySet<string>>,
  ): Promise<void> {
    while (this.#kept.size + this.#arriving.length > 0) {
      const batch = this.#receive(10);
      if (batch.length === 0) {
        const next = this.#nextAt;
        if (Number.isFinite(next)) await this.#clock.sleep(Math.max(next - this.#clock.now(), 1));
        continue;
      }
      const failed = await invoke(batch);
      for (const { receipt } of batch) if (!failed.has(receipt)) this.#kept.delete(receipt);
    }
  }
}
