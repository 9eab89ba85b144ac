import { type Finding, SEVERITIES, type Severity } from '../domain/finding.ts';
import type { GroupIdentity } from '../domain/group.ts';
import { findingRecord, type GroupFinding, type KnownLocation, type Report, type SimulatedChange } from './report.ts';

/** What was looked at and what came of it. */
export interface Review {
  readonly judged: readonly GroupFinding[];
  readonly placeOf: (group: GroupIdentity) => KnownLocation;
  /** Number of groups read. */
  readonly groups: number;
  /** Number of rules read, both directions. */
  readonly rules: number;
  /** What could not be read, and therefore was not judged. */
  readonly errors: readonly string[];
  /** What the reader has to know to understand the verdicts: what the input cannot tell. Only in the text. */
  readonly notes: readonly string[];
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : Number(a > b);
}

/** What the place of a finding in a report depends on. */
export interface Ranked {
  readonly finding: Pick<Finding, 'severity' | 'control' | 'freshness'>;
  readonly group: Pick<GroupIdentity, 'id' | 'name'>;
}

/** Worst first, then by group and control, so that the order of the input does not matter. */
export function byWorst(a: Ranked, b: Ranked): number {
  return (
    compare(SEVERITIES.indexOf(b.finding.severity), SEVERITIES.indexOf(a.finding.severity)) ||
    compare(a.group.name, b.group.name) ||
    compare(a.group.id, b.group.id) ||
    compare(a.finding.control, b.finding.control) ||
    compare(a.finding.freshness, b.finding.freshness)
  );
}

/** The findings in the order of `byWorst`. */
export function worstFirst(judged: readonly GroupFinding[]): readonly GroupFinding[] {
  return judged.toSorted(byWorst);
}

/** A review in the stable form that `--format json` prints. */
export function reportOf(review: Review, changes?: readonly SimulatedChange[]): Report {
  return {
    findings: worstFirst(review.judged).map((one) => findingRecord(one, review.placeOf(one.group))),
    groups: review.groups,
    rules: review.rules,
    errors: review.errors,
    ...(changes === undefined ? {} : { changes }),
  };
}

/** Findings by severity. */
export type Severities = Readonly<Record<Severity, number>>;

/** How much was looked at, and how much was found. */
export interface Totals {
  readonly found: Severities;
  /** Number of groups with findings. */
  readonly groupsWithFindings: number;
  /** Number of groups read. */
  readonly groups: number;
  /** Number of rules read, both directions. */
  readonly rules: number;
  /** What could not be read, and therefore was not judged. */
  readonly errors: readonly string[];
}

/** Findings of every severity, counted. */
export function countSeverities(findings: readonly Finding[]): Record<Severity, number> {
  const counts = { low: 0, medium: 0, high: 0, critical: 0 };
  for (const { severity } of findings) counts[severity] += 1;
  return counts;
}

/** Number of findings of every severity together. */
export function sumOf(found: Severities): number {
  return SEVERITIES.reduce((sum, severity) => sum + found[severity], 0);
}

/** What a review comes to. */
export function totalsOf({ judged, groups, rules, errors }: Review): Totals {
  return {
    found: countSeverities(judged.map(({ finding }: GroupFinding) => finding)),
    groupsWithFindings: new Set(judged.map(({ group }) => group.id)).size,
    groups,
    rules,
    errors,
  };
}

/** The findings of one group, the worst first; at least one. */
export type GroupFindings = readonly [GroupFinding, ...GroupFinding[]];

/** Of the groups that go by, the ones with the worst findings, the worst first. */
export class WorstGroups {
  readonly #most: number;
  #held: GroupFindings[] = [];

  /** `most` is the number of groups that are kept. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Takes in the findings of one group. */
  add(judged: readonly GroupFinding[]): void {
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
