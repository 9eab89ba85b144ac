import type { Need } from './controls/facts.ts';
import type { Policy } from './controls/policy.ts';
import type { Reexamine } from './grants.ts';
import type { Group } from './group.ts';
import type { Exemptions } from './ledger.ts';
import type { Clock, SecurityGroups, Sight } from './ports.ts';
import type { PortRange } from './rule.ts';

/** What AWS Config is told of a group, in its own words. INSUFFICIENT_DATA is what it says where it is told nothing. */
export type Verdict = 'COMPLIANT' | 'NON_COMPLIANT' | 'NOT_APPLICABLE';

/** One group's compliance with one rule of AWS Config. */
export interface Evaluation {
  readonly groupId: string;
  readonly verdict: Verdict;
  /** At most 256 characters. */
  readonly annotation: string;
  /** When the group was as it was judged, milliseconds since the epoch: AWS Config keeps the latest. */
  readonly at: number;
}

/** What a rule of AWS Config is about: its parameters. */
export interface RuleParameters {
  readonly family: string;
  /** Only these controls of the family. */
  readonly controls?: readonly string[];
  /** Only findings about one of these ports. */
  readonly ports?: readonly PortRange[];
}

/** Where a group is. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** A group as AWS Config saw it, at a time (milliseconds since the epoch). */
export interface Recorded extends Place {
  readonly groupId: string;
  readonly at: number;
  /** Absent: it is gone, or AWS Config does not record it, or it has left the rule's scope. */
  readonly group?: Group;
}

/** What AWS Config asks: about one group, one whose item was too large to be sent along, or all of them. */
export type ConfigOccasion =
  | ({ readonly kind: 'item' } & Recorded)
  | ({ readonly kind: 'too-large'; readonly groupId: string; readonly at: number } & Place)
  | ({ readonly kind: 'scheduled'; readonly at: number } & Place)
  | { readonly kind: 'ignored'; readonly reason: string };

/** A rule's call for evaluations. */
export interface ConfigRequest {
  readonly occasion: ConfigOccasion;
  readonly parameters: RuleParameters;
  /** Says to AWS Config what is answered. */
  readonly resultToken: string;
}

/** AWS Config. */
export interface Compliance {
  /** Reports evaluations in the answer to a call. Throws CallFailed, also where some were not taken in the end. */
  put(resultToken: string, evaluations: readonly Evaluation[]): Promise<void>;
  /** The item of a group as it was captured at that time. Throws CallFailed, EventUnreadable. */
  itemAt(groupId: string, at: number): Promise<Recorded>;
}

/** What evaluating needs from outside: it looks and tells, and removes nothing. */
export interface ConfigCell {
  readonly policy: Policy;
  /** Logs why groups are left to other accounts, one reason for each. */
  readonly leftOut: (reasons: readonly string[]) => void;
  readonly ports: {
    readonly groups: (region: string) => Pick<SecurityGroups, 'look'>;
    /** Every group of the region, in parts. Throws CallFailed. */
    readonly everyGroup: (region: string, needs: ReadonlySet<Need>) => AsyncIterable<Sight>;
    readonly compliance: Compliance;
    readonly exemptions: Pick<Exemptions, 'live'>;
    readonly reexamine: Pick<Reexamine, 'look'>;
    readonly clock: Pick<Clock, 'now'>;
  };
}
