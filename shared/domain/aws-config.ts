import type { Need } from './control.ts';
import type { SecurityGroups, Snapshot } from './ec2.ts';
import type { AccountRegion, Group, PortRange } from './group.ts';
import type { ReevaluationQueue } from './invocations.ts';
import type { Exemptions } from './ledger.ts';
import type { Policy } from './policy.ts';
import type { Clock } from './runtime.ts';

/**
 * The compliance of a group, in AWS Config's terms. Without an evaluation, AWS Config shows
 * INSUFFICIENT_DATA.
 */
export type ComplianceType = 'COMPLIANT' | 'NON_COMPLIANT' | 'NOT_APPLICABLE';

/** One group's compliance with one rule of AWS Config. */
export interface Evaluation {
  readonly groupId: string;
  readonly verdict: ComplianceType;
  /** At most 256 characters. */
  readonly annotation: string;
  /** Time of the evaluated state, milliseconds since the epoch. AWS Config keeps the latest evaluation. */
  readonly at: number;
}

/** The parameters of an AWS Config rule. */
export interface ConfigRuleParameters {
  readonly family: string;
  /** Only these controls of the family. */
  readonly controls?: readonly string[];
  /** Only findings about one of these ports. */
  readonly ports?: readonly PortRange[];
}

/** A group as AWS Config recorded it, at a time (milliseconds since the epoch). */
export interface RecordedGroup extends AccountRegion {
  readonly groupId: string;
  readonly at: number;
  /** Absent: the group was deleted, AWS Config does not record it, or it is outside the rule's scope. */
  readonly group?: Group;
}

/**
 * What AWS Config asks about: one group, a group whose configuration item was too large for the event, or all
 * groups.
 */
export type ConfigInvocation =
  | ({ readonly kind: 'item' } & RecordedGroup)
  | ({ readonly kind: 'too-large'; readonly groupId: string; readonly at: number } & AccountRegion)
  | ({ readonly kind: 'scheduled'; readonly at: number } & AccountRegion)
  | { readonly kind: 'ignored'; readonly reason: string };

/** A request of an AWS Config rule for evaluations. */
export interface ConfigRequest {
  readonly invocation: ConfigInvocation;
  readonly parameters: ConfigRuleParameters;
  /** Identifies the request in the response. */
  readonly resultToken: string;
}

/** AWS Config. */
export interface Compliance {
  /** Reports evaluations. Throws CallFailed, also if AWS Config did not accept some of them. */
  put(resultToken: string, evaluations: readonly Evaluation[]): Promise<void>;
  /** The configuration item of a group at that time. Throws CallFailed or EventUnreadable. */
  itemAt(groupId: string, at: number): Promise<RecordedGroup>;
}

/** What the compliance workflow needs. It evaluates and reports, and removes nothing. */
export interface ConfigCell {
  readonly policy: Policy;
  /** Logs why groups belong to other accounts, one reason for each. */
  readonly leftOut: (reasons: readonly string[]) => void;
  readonly ports: {
    readonly groups: (region: string) => Pick<SecurityGroups, 'fetchSnapshot'>;
    /** Snapshots of all groups of the region, in parts. Throws CallFailed. */
    readonly everyGroup: (region: string, needs: ReadonlySet<Need>) => AsyncIterable<Snapshot>;
    readonly compliance: Compliance;
    readonly exemptions: Pick<Exemptions, 'active'>;
    readonly reevaluation: Pick<ReevaluationQueue, 'requestEvaluation'>;
    readonly clock: Pick<Clock, 'now'>;
  };
}

/** The resource types of a recorder. */
export type RecordedTypes =
  | { readonly kind: 'all' }
  | { readonly kind: 'only' | 'all-but'; readonly types: readonly string[] };

/** The recorder of AWS Config in a region. */
export interface Recorder {
  readonly name: string;
  readonly isRecording: boolean;
  readonly types: RecordedTypes;
  /** Types that are recorded once a day, not at each change. */
  readonly daily: RecordedTypes;
  /** Why the last delivery failed; absent if it succeeded. */
  readonly fault?: string;
}

/** AWS Config's recorders. */
export interface Recorders {
  /** The region of the recorders. */
  region(): Promise<string>;
  /** At most one recorder; none if AWS Config is not set up. Throws CallFailed. */
  list(): Promise<readonly Recorder[]>;
}
