import type { GroupIdentity } from '../../../shared/domain/group.ts';
import {
  type FindingRecord,
  findingRecord,
  type GroupFinding,
  type KnownLocation,
} from '../../../shared/reports/report.ts';
import { byWorst, type Ranked } from '../../../shared/reports/review.ts';
import { type Span, TemporaryFile } from '../../input/input-bytes.ts';
import { linesOf } from '../../input/json-lines.ts';

type CompareValues<T> = (a: T, b: T) => number;

/** A sorted run, read value by value. */
interface SortedRun<T> {
  readonly rest: AsyncIterator<T>;
  head: T;
}

/**
 * Sorts any number of JSON values with few of them in memory (external merge sort): full buffers are sorted
 * and written to a temporary file as runs, and the runs are merged.
 */
export class Spool<T> {
  readonly #compare: CompareValues<T>;
  readonly #most: number;
  readonly #spans: Span[] = [];
  #held: T[] = [];
  #weight = 0;
  #scratch: TemporaryFile | undefined;

  /** @param most greatest total weight of the values in memory. */
  constructor(compare: CompareValues<T>, most: number) {
    this.#compare = compare;
    this.#most = most;
  }

  /** Adds a value. `weight` measures its size. */
  add(value: T, weight: number): void {
    this.#held.push(value);
    this.#weight += weight;
    if (this.#weight >= this.#most) this.#write();
  }

  #write(): void {
    this.#scratch ??= new TemporaryFile();
    const lines = this.#sorted().map((value) => `${JSON.stringify(value)}\n`);
    this.#spans.push(this.#scratch.append(Buffer.from(lines.join(''))));
    [this.#held, this.#weight] = [[], 0];
  }

  #sorted(): readonly T[] {
    return this.#held.toSorted(this.#compare);
  }

  /**
   * All values in order; equal values in the order of `add`. Can be read only once, because it frees the
   * temporary file.
   */
  async *inOrder(): AsyncGenerator<T> {
    const scratch = this.#scratch;
    if (scratch === undefined) {
      yield* this.#sorted();
      return;
    }
    this.#write();
    try {
      yield* mergeRuns(
        this.#spans.map((span) => readRun<T>(scratch, span)),
        this.#compare,
      );
    } finally {
      this.close();
    }
  }

  /** Frees the temporary file. */
  close(): void {
    this.#scratch?.close();
    this.#scratch = undefined;
  }
}

/** Merges sorted runs. Among equal values, those of the earlier run come first. */
async function* mergeRuns<T>(values: readonly AsyncIterator<T>[], compare: CompareValues<T>): AsyncGenerator<T> {
  const runs = await Array.fromAsync(startRuns(values));
  while (runs.length > 0) {
    const first = runs.reduce((least, run) => (compare(run.head, least.head) < 0 ? run : least));
    yield first.head;
    const { done, value } = await first.rest.next();
    if (done === true) runs.splice(runs.indexOf(first), 1);
    else first.head = value;
  }
}

async function* startRuns<T>(values: readonly AsyncIterator<T>[]): AsyncGenerator<SortedRun<T>> {
  for (const rest of values) {
    const { done, value } = await rest.next();
    if (done !== true) yield { rest, head: value };
  }
}

async function* readRun<T>(scratch: TemporaryFile, span: Span): AsyncGenerator<T> {
  const input = { name: 'the temporary file', read: () => scratch.read(span), close: () => {} };
  for await (const { text } of linesOf(input)) {
    const value: T = JSON.parse(text);
    yield value;
  }
}

/** A finding as reported, with the values that decide its position. */
interface RankedRecord extends Ranked {
  readonly record: FindingRecord;
}

/** Number of findings and of their rules that are kept in memory: about 15 MB. */
const MOST_FINDINGS_HELD = 20_000;

/** Collects the findings of any number of groups and returns them in order, the worst first. */
export class FindingSpool {
  readonly #locationOf: (group: GroupIdentity) => KnownLocation;
  readonly #spool = new Spool<RankedRecord>(byWorst, MOST_FINDINGS_HELD);

  constructor(locationOf: (group: GroupIdentity) => KnownLocation) {
    this.#locationOf = locationOf;
  }

  /** Adds the findings of one group. */
  add(judged: readonly GroupFinding[]): void {
    for (const one of judged) {
      const { severity, control, freshness, rules } = one.finding;
      const { id, name } = one.group;
      const record = findingRecord(one, this.#locationOf(one.group));
      this.#spool.add({ finding: { severity, control, freshness }, group: { id, name }, record }, 1 + rules.length);
    }
  }

  /** All findings, the worst first. Can be read only once. */
  async *inOrder(): AsyncGenerator<FindingRecord> {
    for await (const { record } of this.#spool.inOrder()) yield record;
  }

  /** Frees the temporary file. */
  close(): void {
    this.#spool.close();
  }
}
