import { linesOf } from './json-lines.ts';
import { Scratch, type Span } from './scratch.ts';

type Compare<T> = (a: T, b: T) => number;

/** One sorted run, value by value. */
interface Run<T> {
  readonly rest: AsyncIterator<T>;
  head: T;
}

async function* written<T>(scratch: Scratch, span: Span): AsyncGenerator<T> {
  const input = { name: 'the temporary file', read: () => scratch.read(span), close: () => {} };
  for await (const { text } of linesOf(input)) {
    const value: T = JSON.parse(text);
    yield value;
  }
}

async function* started<T>(values: readonly AsyncIterator<T>[]): AsyncGenerator<Run<T>> {
  for (const rest of values) {
    const { done, value } = await rest.next();
    if (done !== true) yield { rest, head: value };
  }
}

/** The values of sorted runs in one order; of equal ones those of the earlier run come first. */
async function* merged<T>(values: readonly AsyncIterator<T>[], compare: Compare<T>): AsyncGenerator<T> {
  const runs = await Array.fromAsync(started(values));
  while (runs.length > 0) {
    const first = runs.reduce((least, run) => (compare(run.head, least.head) < 0 ? run : least));
    yield first.head;
    const { done, value } = await first.rest.next();
    if (done === true) runs.splice(runs.indexOf(first), 1);
    else first.head = value;
  }
}

/**
 * Puts any number of values that are JSON in order, with no more than a few of them in memory: what is too much is sorted and goes to a
 * temporary file, run by run, and the runs are merged.
 */
export class Spool<T> {
  readonly #compare: Compare<T>;
  readonly #most: number;
  readonly #spans: Span[] = [];
  #held: T[] = [];
  #weight = 0;
  #scratch: Scratch | undefined;

  /** `most` is the weight of the values that are held in memory. */
  constructor(compare: Compare<T>, most: number) {
    this.#compare = compare;
    this.#most = most;
  }

  /** Takes in a value; the weight is a measure of its size. */
  add(value: T, weight: number): void {
    this.#held.push(value);
    this.#weight += weight;
    if (this.#weight >= this.#most) this.#write();
  }

  #write(): void {
    this.#scratch ??= new Scratch();
    const lines = this.#sorted().map((value) => `${JSON.stringify(value)}\n`);
    this.#spans.push(this.#scratch.append(Buffer.from(lines.join(''))));
    [this.#held, this.#weight] = [[], 0];
  }

  #sorted(): readonly T[] {
    return this.#held.toSorted(this.#compare);
  }

  /** All values in order; equal ones as they were taken in. Once only: the temporary file is gone afterwards. */
  async *inOrder(): AsyncGenerator<T> {
    const scratch = this.#scratch;
    if (scratch === undefined) {
      yield* this.#sorted();
      return;
    }
    this.#write();
    try {
      yield* merged(
        this.#spans.map((span) => written<T>(scratch, span)),
        this.#compare,
      );
    } finally {
      this.close();
    }
  }

  /** Gives the temporary file back. */
  close(): void {
    this.#scratch?.close();
    this.#scratch = undefined;
  }
}
