import type { Scope } from './change.ts';
import type { Facts, Need } from './control.ts';
import type { Step } from './decision.ts';
import type { FactUnread, RemediatorError } from './errors.ts';
import type { Group, Rule, Tags } from './group.ts';

/** One group with the facts that were read about it; a fact that is missing could not be read. */
export interface GroupSnapshot {
  readonly group: Group;
  readonly facts: Partial<Facts>;
}

/** A prefix list that a rule in sight names, apart from its entries. */
export interface PrefixListState {
  /** `pl-…` */
  readonly id: string;
  /** EC2's word, such as `modify-in-progress` or `modify-complete`. */
  readonly state: string;
  /** Absent for lists that AWS manages. */
  readonly version?: number;
  /** Entries of the version that the scope asked for; absent where they could not be read. */
  readonly previousEntries?: readonly string[];
}

/** What a look at the account gave. */
export interface Snapshot {
  readonly groups: readonly GroupSnapshot[];
  readonly unread: readonly FactUnread[];
  /** Absent where no rule names a list. */
  readonly prefixLists?: readonly PrefixListState[];
}

/** What became of the rules of a revoke step. A rule that is in no list is still there as decided, and `fault` says why. */
export interface RevokeResult {
  /** Rules that this call removed, with the ids that they had. Their contents are contents of the step. */
  readonly removed: readonly Rule[];
  /** Rules of the step whose id no longer exists, and that this call did not remove as far as EC2 says. */
  readonly gone: readonly Rule[];
  /** Rules of the step whose id exists with other content. They were not touched. */
  readonly changed: readonly Rule[];
  /** Those of `gone` that an attempt without an answer may have removed. */
  readonly unanswered: readonly Rule[];
  /** What kept the other rules from being removed. */
  readonly fault?: RemediatorError;
}

/** A revoke step. */
export type RevokeStep = Extract<Step, { do: 'revoke' }>;

/** The security groups of one account and region. */
export interface SecurityGroups {
  /** Reads the groups in scope, their rules with prefix lists resolved, and the facts asked for. Unknown groups are absent. Throws CallFailed. */
  fetchSnapshot(scope: Scope, needs: ReadonlySet<Need>): Promise<Snapshot>;
  /**
   * Removes rules by content: a rule goes only if it still is exactly as the step says. One that changed keeps none of the others from
   * being removed. Throws InputInvalid for a rule without an id.
   */
  revoke(step: RevokeStep): Promise<RevokeResult>;
}

/** A page of an account's groups, as one call describes them: rules without ids, prefix lists resolved. */
export interface GroupPage {
  readonly groups: readonly Group[];
  /** Ids of groups that cannot be judged by this page: not understood, or with a prefix list whose entries could not be read. */
  readonly doubtful: readonly string[];
  /** Why the lists of doubtful groups could not be read. */
  readonly unread: readonly FactUnread[];
  /** Where the next page begins; absent: there is none. */
  readonly next?: string;
}

/** All groups of one account and region. */
export interface GroupInventory {
  /** One call for the page, and besides each prefix list once, whichever page names it first. Throws CallFailed. */
  page(after: string | undefined): Promise<GroupPage>;
}

/** The VPCs of one account and region. */
export interface Networks {
  /** CIDR blocks by VPC id. Throws CallFailed. */
  cidrs(): Promise<ReadonlyMap<string, readonly string[]>>;
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

/** Tag of a group that a migration made, with the id of the default group that it stands in for. Whoever grants may change no other group's being. */
export const REPLACEMENT_TAG = 'portcullis:replaces';
