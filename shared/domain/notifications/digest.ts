import type { Severity } from '../controls/finding.ts';

/** What becomes of what a sweep found: it is only observed; people were told or asked; it is being closed, or held. */
export type Standing = 'observed' | 'open' | 'closing';

/** What one control found in the groups of one owner. */
export interface DigestLine {
  readonly standing: Standing;
  readonly control: string;
  /** The tag `owner` of the groups; absent where they have none. */
  readonly owner?: string;
  readonly groups: number;
  readonly rules: number;
}

/** One finding, for the list of the worst. */
export interface DigestItem {
  readonly standing: Standing;
  readonly control: string;
  readonly severity: Severity;
  readonly groupId: string;
  readonly groupName: string;
  readonly region: string;
  readonly owner?: string;
  readonly rules: number;
}

/** What a sweep has counted. Bounded, however many groups there are: parts of a sweep hand it on to each other. */
export interface Tally {
  /** Groups seen. */
  readonly groups: number;
  /** Groups that would have rules removed that were there before. */
  readonly closing: number;
  readonly lines: readonly DigestLine[];
  readonly worst: readonly DigestItem[];
}
