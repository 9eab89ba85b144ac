import type { Need } from './control.ts';
import type { SecurityGroups, Snapshot } from './ec2.ts';
import type { Group, PortRange } from './group.ts';
import type { ReevaluationQueue } from './invocations.ts';
import type { Exemptions } from './ledger.ts';
import type { Policy } from './policy.ts';
import type { Clock } from './runtime.ts';

/** What AWS Config is told of a group, in its own words. INSUFFICIENT_DATA is what it says where it is told nothing. */
export type ComplianceType = 'COMPLIANT' | 'NON_COMPLIANT' | 'NOT_APPLICABLE';

/** One group's compliance with one rule of AWS Config. */
export interface Evaluation {
  readonly groupId: string;
  readonly verdict: ComplianceType;
  /** At most 256 characters. */
  readonly annotation: string;
  /** When the group was as it was judged, milliseconds since the epoch: AWS Config keeps the latest. */
  readonly at: number;
}

/** What a rule of AWS Config is about: its parameters. */
export interface ConfigRuleParameters {
  readonly family: string;
  /** Only these controls of the family. */
  readonly controls?: readonly string[];
  /** Only findings about one of these ports. */
  readonly ports?: readonly PortRange[];
}

/** Where a group is. */
export interface AccountRegion {
  readonly account: string;
  readonly region: string;
}

/** A group as AWS Config saw it, at a time (milliseconds since the epoch). */
export interface RecordedGroup extends AccountRegion {
  readonly groupId: string;
  readonly at: number;
  /** Absent: it is gone, or AWS Config does not record it, or it has left the rule's scope. */
  readonly group?: Group;
}

/** What AWS Config asks: about one group, one whose item was too large to be sent along, or all of them. */
export type ConfigInvocation =
  | ({ readonly kind: 'item' } & RecordedGroup)
  | ({ readonly kind: 'too-large'; readonly groupId: string; readonly at: number } & AccountRegion)
  | ({ readonly kind: 'scheduled'; readonly at: number } & AccountRegion)
  | { readonly kind: 'ignored'; readonly reason: string };

/** A rule's call for evaluations. */
export interface ConfigRequest {
  readonly invocation: ConfigInvocation;
  readonly parameters: ConfigRuleParameters;
  /** Says to AWS Config what is answered. */
  readonly resultToken: string;
}

/** AWS Config. */
export interface Compliance {
  /** Reports evaluations in the answer to a call. Throws CallFailed, also where some were not taken in the end. */
  put(resultToken: string, evaluations: readonly Evaluation[]): Promise<void>;
  /** The item of a group as it was captured at that time. Throws CallFailed, EventUnreadable. */
  itemAt(groupId: string, at: number): Promise<RecordedGroup>;
}

/** What evaluating needs from outside: it looks and tells, and removes nothing. */
export interface ConfigCell {
  readonly policy: Policy;
  /** Logs why groups are left to other accounts, one reason for each. */
  readonly leftOut: (reasons: readonly string[]) => void;
  readonly ports: {
    readonly groups: (region: string) => Pick<SecurityGroups, 'fetchSnapshot'>;
    /** Every group of the region, in parts. Throws CallFailed. */
    readonly everyGroup: (region: string, needs: ReadonlySet<Need>) => AsyncIterable<Snapshot>;
    readonly compliance: Compliance;
    readonly exemptions: Pick<Exemptions, 'active'>;
    readonly reexamine: Pick<ReevaluationQueue, 'requestEvaluation'>;
    readonly clock: Pick<Clock, 'now'>;
  };
}

/** Which types of resource a recorder is about. */
export type RecordedTypes =
  | { readonly kind: 'all' }
  | { readonly kind: 'only' | 'all-but'; readonly types: readonly string[] };

/** The account's own recorder of AWS Config in a region. */
export interface Recorder {
  readonly name: string;
  readonly isRecording: boolean;
  readonly types: RecordedTypes;
  /** Types that are recorded once a day at the most, not at each change. */
  readonly daily: RecordedTypes;
  /** Why its last delivery failed; absent: it did not. */
  readonly fault?: string;
}

/** AWS Config's recorders. */
export interface Recorders {
  /** The region that it looks at. */
  region(): Promise<string>;
  /** There is one at the most today; none where nobody has set AWS Config up. Throws CallFailed. */
  list(): Promise<readonly Recorder[]>;
}
