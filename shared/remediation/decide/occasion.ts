import type { Change } from '../../domain/change.ts';
import type { Exemption } from '../../domain/exemption.ts';
import type { GroupRecord, ToldRule } from '../../domain/group-record.ts';
import type { Rule } from '../../domain/rule.ts';

/** What is known of a group from before the change. */
export type Known =
  /** Its record is missing or provisional: nobody knows which of its rules are new. */
  | { readonly kind: 'unconfirmed' }
  | {
      readonly kind: 'confirmed';
      /** Rules that were there before, as `canonicalKey` writes them. */
      readonly contents: GroupRecord['contents'];
      readonly told: readonly ToldRule[];
    };

/** What a group is judged by besides its rules and facts: the change, what is known from before, and what people said. */
export interface Occasion extends Pick<Change, 'trigger' | 'brought' | 'actor'> {
  /** Absent where nothing is remembered (a scan, a simulation, AWS Config): whatever the change did not add was there before. */
  readonly known?: Known;
  /** Rules that an earlier try was to remove. */
  readonly unfinished?: readonly Rule[];
  /** Live exemptions of the groups, the policy's and the ledger's. */
  readonly exemptions?: readonly Exemption[];
  /** Keys (`ruleKey`) of rules that a person let go. */
  readonly letGo?: ReadonlySet<string>;
  /** Milliseconds since the epoch; absent where no time is meant, so that nothing is frozen. */
  readonly now?: number;
}
