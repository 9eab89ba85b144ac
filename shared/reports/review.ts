import { type Finding, SEVERITIES } from '../domain/controls/finding.ts';
import type { GroupIdentity } from '../domain/group.ts';
import { findingRecord, type Judged, type Place } from './records.ts';
import type { Report, SimulatedChange } from './report.ts';

/** What was looked at and what came of it. */
export interface Review {
  readonly judged: readonly Judged[];
  readonly placeOf: (group: GroupIdentity) => Place;
  /** Number of groups read. */
  readonly groups: number;
  /** Number of rules read, both directions. */
  readonly rules: number;
  /** What could not be read, and therefore was not judged. */
  readonly errors: readonly string[];
  /** What the reader has to know to understand the verdicts: what the input cannot tell. Only in the text. */
  readonly notes: readonly string[];
}

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : Number(a > b));

/** What the place of a finding in a report depends on. */
export interface Ranked {
  readonly finding: Pick<Finding, 'severity' | 'control' | 'freshness'>;
  readonly group: Pick<GroupIdentity, 'id' | 'name'>;
}

/** Worst first, then by group and control, so that the order of the input does not matter. */
export const byWorst = (a: Ranked, b: Ranked): number =>
  compare(SEVERITIES.indexOf(b.finding.severity), SEVERITIES.indexOf(a.finding.severity)) ||
  compare(a.group.name, b.group.name) ||
  compare(a.group.id, b.group.id) ||
  compare(a.finding.control, b.finding.control) ||
  compare(a.finding.freshness, b.finding.freshness);

/** The findings in the order of `byWorst`. */
export const worstFirst = (judged: readonly Judged[]): readonly Judged[] => judged.toSorted(byWorst);

/** A review in the stable form that `--format json` prints. */
export const reportOf = (review: Review, changes?: readonly SimulatedChange[]): Report => ({
  findings: worstFirst(review.judged).map((one) => findingRecord(one, review.placeOf(one.group))),
  groups: review.groups,
  rules: review.rules,
  errors: review.errors,
  ...(changes === undefined ? {} : { changes }),
});
