import type { Judged } from './records.ts';
import { byWorst, worstFirst } from './review.ts';

/** The findings of one group, the worst first; at least one. */
export type GroupFindings = readonly [Judged, ...Judged[]];

/** Of the groups that go by, the ones with the worst findings, the worst first. */
export class WorstGroups {
  readonly #most: number;
  #held: GroupFindings[] = [];

  /** `most` is the number of groups that are kept. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Takes in the findings of one group. */
  take(judged: readonly Judged[]): void {
    const [worst, ...others] = worstFirst(judged);
    if (worst === undefined) return;
    this.#held.push([worst, ...others]);
    // Sorted once in so many groups: each of them costs the logarithm of what is kept.
    if (this.#held.length >= 2 * this.#most) this.#held = [...this.groups];
  }

  /** The groups kept. */
  get groups(): readonly GroupFindings[] {
    return this.#held.toSorted(([a], [b]) => byWorst(a, b)).slice(0, this.#most);
  }
}
