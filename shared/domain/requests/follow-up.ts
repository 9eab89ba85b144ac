import type { Exemption } from '../exemption.ts';
import type { Rule } from '../rule.ts';
import type { Asked } from './person.ts';

/** Why a rule was given back or granted after a removal. */
type FollowUpKind = 'restore' | 'narrow' | 'revert';

/** Something that was granted after a removal, on the record of that removal. */
export interface FollowUp extends Asked {
  readonly kind: FollowUpKind;
  /** Rules that stand now because of it, with their new ids. */
  readonly granted: readonly Rule[];
  /** Rules that it would not grant, each with the reason. */
  readonly refused: readonly { readonly rule: Rule; readonly reason: string }[];
  /** The exemption that was granted with it. */
  readonly leave?: Pick<Exemption, 'owner' | 'ticket' | 'until'>;
}

/** What a person said to a pending plan. */
export interface Answer extends Asked {
  readonly verdict: 'released' | 'declined';
}

/** One finished step of a migration, as it is recorded before the next begins. */
export interface Progress {
  /** Name of the step, unique within its plan, such as `create`, `attach eni-…`. */
  readonly step: string;
  /** What taking it back needs to know. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch. */
  readonly at: number;
}
