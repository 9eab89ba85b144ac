import type { GroupIdentity } from '../../shared/domain/group.ts';
import { findingRecord, type Judged, type Place } from '../../shared/reports/records.ts';
import type { FindingRecord } from '../../shared/reports/report.ts';
import { byWorst, type Ranked } from '../../shared/reports/review.ts';
import { Spool } from './spool.ts';

/** A finding as it is reported, with what its place among the others depends on. */
interface Placed extends Ranked {
  readonly record: FindingRecord;
}

/** Findings and rules of findings that are held in memory: some 15 MB. */
const MOST_HELD = 20_000;

/** Findings of any number of groups, given out worst first. */
export class FindingSpool {
  readonly #placeOf: (group: GroupIdentity) => Place;
  readonly #spool = new Spool<Placed>(byWorst, MOST_HELD);

  constructor(placeOf: (group: GroupIdentity) => Place) {
    this.#placeOf = placeOf;
  }

  /** Takes in the findings of one group. */
  take(judged: readonly Judged[]): void {
    for (const one of judged) {
      const { severity, control, freshness, rules } = one.finding;
      const { id, name } = one.group;
      const record = findingRecord(one, this.#placeOf(one.group));
      this.#spool.add({ finding: { severity, control, freshness }, group: { id, name }, record }, 1 + rules.length);
    }
  }

  /** All of them, the worst first. Once only. */
  async *inOrder(): AsyncGenerator<FindingRecord> {
    for await (const { record } of this.#spool.inOrder()) yield record;
  }

  /** Gives back what is held outside memory. */
  close(): void {
    this.#spool.close();
  }
}
