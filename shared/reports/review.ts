import { type Finding, SEVERITIES, type Severity } from '../domain/finding.ts';
import type { GroupIdentity } from '../domain/group.ts';
import type { GroupFinding, ScanRecord } from './report.ts';

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : Number(a > b);
}

/** The part of a finding that decides its position in a report. */
export interface Ranked {
  readonly finding: Pick<Finding, 'severity' | 'control' | 'freshness'>;
  readonly group: Pick<GroupIdentity, 'id' | 'name'>;
}

/** Orders findings: the worst first, then by group and control. The order of the input has no influence. */
export function byWorst(a: Ranked, b: Ranked): number {
  return (
    compare(SEVERITIES.indexOf(b.finding.severity), SEVERITIES.indexOf(a.finding.severity)) ||
    compare(a.group.name, b.group.name) ||
    compare(a.group.id, b.group.id) ||
    compare(a.finding.control, b.finding.control) ||
    compare(a.finding.freshness, b.finding.freshness)
  );
}

/** Sorts findings by `byWorst`. */
export function worstFirst(judged: readonly GroupFinding[]): readonly GroupFinding[] {
  return judged.toSorted(byWorst);
}

/** Findings by severity. */
export type Severities = Readonly<Record<Severity, number>>;

/** How much was read and found. */
export interface Totals {
  readonly found: Severities;
  /** Number of groups with findings. */
  readonly groupsWithFindings: number;
  /** Number of groups read. */
  readonly groups: number;
  /** Number of rules read, both directions. */
  readonly rules: number;
  /** What could not be read and was therefore not judged: place and reason. */
  readonly errors: readonly string[];
}

/** Counts findings by severity. */
export function countSeverities(findings: readonly Finding[]): Record<Severity, number> {
  const counts = { low: 0, medium: 0, high: 0, critical: 0 };
  for (const { severity } of findings) counts[severity] += 1;
  return counts;
}

/** Number of findings of all severities. */
export function sumOf(found: Severities): number {
  return SEVERITIES.reduce((sum, severity) => sum + found[severity], 0);
}

/** What a scan comes to besides its findings. It is complete after the last group was judged. */
export interface ScanSummary extends Totals {
  /** Number of findings of all groups, by control. */
  readonly byControl: ReadonlyMap<string, number>;
  readonly scan: ScanRecord;
  /** Home region of the cell whose ledger was read for exemptions; absent if no ledger was read. */
  readonly ledgerRegion?: string | undefined;
}

/** The findings of one group, the worst first; at least one. */
export type GroupFindings = readonly [GroupFinding, ...GroupFinding[]];

/** Keeps the groups with the worst findings among any number of groups. */
export class WorstGroups {
  readonly #most: number;
  #held: GroupFindings[] = [];

  /** @param most number of groups to keep. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Adds the findings of one group. */
  add(judged: readonly GroupFinding[]): void {
    const [worst, ...others] = worstFirst(judged);
    if (worst === undefined) return;
    this.#held.push([worst, ...others]);
    // Sorting once per `most` groups costs the logarithm of `most` per group.
    if (this.#held.length >= 2 * this.#most) this.#held = [...this.groups];
  }

  /** The groups kept, the worst first. */
  get groups(): readonly GroupFindings[] {
    return this.#held.toSorted(([a], [b]) => byWorst(a, b)).slice(0, this.#most);
  }
}
