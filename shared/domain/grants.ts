import type { Step } from './decision.ts';
import type { Rule, Tags } from './group.ts';
import type { GroupRecords } from './group-record.ts';
import type { CloudTrailHistory, Confirmations, Exemptions, FullLedger, LedgerEntry, RemovalBudget } from './ledger.ts';
import type { Clock, Notifier, RuntimeSwitch, SecurityGroups } from './ports.ts';

/** Hands a removal on to the function that may grant. Asynchronous, at least once. */
export interface GrantQueue {
  /** Throws CallFailed. */
  requestGrants(groupId: string, planId: string): Promise<void>;
}

/** A group to be made. */
export interface NewGroup {
  readonly name: string;
  readonly description: string;
  readonly vpcId: string;
  readonly tags: Tags;
}

/** An authorize step. */
export type AuthorizeStep = Extract<Step, { do: 'authorize' }>;

/** What only the function that grants may do. */
export interface Grants {
  /**
   * Adds rules with their descriptions and tags; one that stands already is no error and is given back as it stands. All of one call or
   * none. Throws CallFailed (`RulesPerSecurityGroupLimitExceeded`, `InvalidGroup.NotFound`, …).
   */
  authorize(step: AuthorizeStep): Promise<readonly Rule[]>;
  /** Makes a group without rules, or finds the one of this name and the same tags in the VPC. Returns its id. Throws CallFailed. */
  createGroup(like: NewGroup): Promise<string>;
  /** Deletes a group that nothing uses; one that is gone is no error. Throws CallFailed. */
  deleteGroup(groupId: string): Promise<void>;
  /** Puts an interface under exactly these groups. Throws CallFailed. */
  attach(interfaceId: string, groupIds: readonly string[]): Promise<void>;
}

/** The VPCs of an account and region. */
export interface Vpcs {
  /** Id of the default VPC, or of the first by id where there is none; undefined where there is no VPC at all. Throws CallFailed. */
  defaultVpcId(): Promise<string | undefined>;
}

/** Has the canary's marker put by the function that may grant. Asynchronous, at least once. */
export interface CanaryQueue {
  /** Throws CallFailed. */
  requestMarker(region: string): Promise<void>;
}

/** Asks on-change to look at groups again. Asynchronous, at least once. */
export interface ReevaluationQueue {
  /** Throws CallFailed. */
  requestApproved(entry: LedgerEntry): Promise<void>;
  /** As the sweep would; with `hold`, what was there before is not closed but held for a person. Throws CallFailed. */
  requestEvaluation(groupIds: readonly string[], region: string, limit?: 'hold'): Promise<void>;
  /** To handle CloudTrail's own record of an event. Throws CallFailed. */
  requestReplay(eventId: string, region: string): Promise<void>;
  /** To remove what a migration granted for its own time, as the entry's record has it: whoever grants cannot remove. Throws CallFailed. */
  requestRevokeOfGrants(entry: LedgerEntry): Promise<void>;
}

/** Everything that granting needs from outside. */
export interface GrantPorts {
  /** Groups of a region, to read and to grant in. */
  readonly region: (name: string) => {
    readonly groups: Pick<SecurityGroups, 'fetchSnapshot'>;
    readonly grants: Grants;
    readonly vpcs: Vpcs;
  };
  readonly ledger: FullLedger;
  readonly exemptions: Exemptions;
  readonly records: Pick<GroupRecords, 'change'>;
  readonly budget: Pick<RemovalBudget, 'resume'>;
  readonly notifier: Notifier;
  readonly reevaluation: ReevaluationQueue;
  readonly trail: CloudTrailHistory;
  readonly confirmations: Pick<Confirmations, 'add'>;
  readonly runtimeSwitch: RuntimeSwitch;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
}

/** Tag of a group that a migration made, with the id of the default group that it stands in for. Whoever grants may change no other group's being. */
export const REPLACEMENT_TAG = 'portcullis:replaces';
