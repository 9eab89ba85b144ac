import type { AfterExemption } from '../after-exemption.ts';
import type { Budget } from '../controls/policy.ts';
import type { Exemption } from '../exemption.ts';
import type { Entry } from '../ledger.ts';
import type { Answer, FollowUp } from '../requests/follow-up.ts';
import type { Asked } from '../requests/person.ts';
import type { Tally } from './digest.ts';
import type { Gist } from './storm.ts';

/** Where something was found. */
interface Place {
  readonly account: string;
  readonly region: string;
}

/** Something that people are told besides what became of a plan. `id` names it: a second message with the same one says nothing new. */
export type News = { readonly id: string } & (
  | { readonly what: 'granted'; readonly entry: Entry; readonly followUp: FollowUp }
  | { readonly what: 'answered'; readonly entry: Entry; readonly answer: Answer }
  | {
      readonly what: 'migrated' | 'migration-stopped' | 'rolled-back';
      readonly entry: Entry;
      readonly because: readonly string[];
    }
  | {
      readonly what: 'exempted' | 'expiring' | 'expired' | 'exemption-ended';
      readonly exemption: Exemption;
      /** What becomes of its rules when it ends; absent where that is not known. */
      readonly afterwards?: AfterExemption;
      /** Rules of the same remediation that the same request gave the same leave, besides that one. */
      readonly others?: number;
    }
  | {
      readonly what: 'exemption-ignored';
      /** Of the first that was tagged. */
      readonly groupId: string;
      /** Groups and rules that were tagged by the same call in vain, for the same reason, besides that. */
      readonly others: number;
      readonly because: string;
      readonly asked: Asked;
    }
  | { readonly what: 'budget-resumed'; readonly asked: Asked; readonly released: number }
  | { readonly what: 'acknowledged'; readonly entry: Entry; readonly asked: Asked }
  /** Outcomes that people were not told of one by one, from the start of the first minute to the end of the last. */
  | {
      readonly what: 'storm';
      readonly account: string;
      readonly from: number;
      readonly until: number;
      readonly gists: readonly Gist[];
    }
  | { readonly what: 'digest'; readonly account: string; readonly tally: Tally }
  /** AWS Config does not record each change of a security group, though there are rules of ours. */
  | ({ readonly what: 'not-recorded'; readonly because: readonly string[] } & Place)
  /** A sweep found more to close than the policy lets it: `closing` of `groups`, above `sweepShare`. */
  | ({ readonly what: 'sweep-held' } & Place & Pick<Tally, 'groups' | 'closing'> & Pick<Budget, 'sweepShare'>)
);
