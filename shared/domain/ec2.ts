import type { Scope } from './change.ts';
import type { Facts, Need } from './control.ts';
import type { Step } from './decision.ts';
import type { FactUnread, RemediatorError } from './errors.ts';
import type { Group, Rule, Tags } from './group.ts';

/** A group with its facts. A missing fact could not be read. */
export interface GroupSnapshot {
  readonly group: Group;
  readonly facts: Partial<Facts>;
}

/** A prefix list that a rule names, without its entries. */
export interface PrefixListState {
  /** `pl-…` */
  readonly id: string;
  /** State in EC2's terms, such as `modify-in-progress` or `modify-complete`. */
  readonly state: string;
  /** Absent for lists that AWS manages. */
  readonly version?: number;
  /** Entries of the version in `Scope.since`; absent if they could not be read. */
  readonly previousEntries?: readonly string[];
}

/** The state of some groups at one time. */
export interface Snapshot {
  readonly groups: readonly GroupSnapshot[];
  readonly unread: readonly FactUnread[];
  /** Absent if no rule names a prefix list. */
  readonly prefixLists?: readonly PrefixListState[];
}

/** The result of a revoke step. A rule in no list still exists unchanged, and `fault` says why. */
export interface RevokeResult {
  /** Rules that this call removed, with their ids and with the contents of the step. */
  readonly removed: readonly Rule[];
  /** Rules whose id no longer exists and that, as far as EC2 tells, this call did not remove. */
  readonly gone: readonly Rule[];
  /** Rules whose id exists with other content. They were not removed. */
  readonly changed: readonly Rule[];
  /** Rules of `gone` that an attempt without a response may have removed. */
  readonly unanswered: readonly Rule[];
  /** Why the other rules were not removed. */
  readonly fault?: RemediatorError;
}

/** A revoke step. */
export type RevokeStep = Extract<Step, { do: 'revoke' }>;

/** The security groups of one account and region. */
export interface SecurityGroups {
  /**
   * Reads the groups in scope with resolved prefix lists and the given facts. Unknown groups are absent.
   * Throws CallFailed.
   */
  fetchSnapshot(scope: Scope, needs: ReadonlySet<Need>): Promise<Snapshot>;
  /**
   * Removes rules by content: only a rule that still is exactly as in the step is removed. A modified rule
   * does not prevent the removal of the others. Throws InputInvalid for a rule without an id.
   */
  revoke(step: RevokeStep): Promise<RevokeResult>;
}

/** A page of the groups of an account, from one call: rules without ids, prefix lists resolved. */
export interface GroupPage {
  readonly groups: readonly Group[];
  /** Ids of groups that the page does not describe completely: unreadable, or with an unread prefix list. */
  readonly doubtful: readonly string[];
  /** Why prefix lists could not be read. */
  readonly unread: readonly FactUnread[];
  /** Token of the next page; absent on the last page. */
  readonly next?: string;
}

/** All groups of one account and region. */
export interface GroupInventory {
  /**
   * One call for each page, and one for each prefix list the first time that a page names it. Throws
   * CallFailed.
   */
  page(after: string | undefined): Promise<GroupPage>;
}

/** The VPCs of one account and region. */
export interface Networks {
  /** CIDR blocks by VPC id. Throws CallFailed. */
  cidrs(): Promise<ReadonlyMap<string, readonly string[]>>;
}

/** A group to create. */
export interface NewGroup {
  readonly name: string;
  readonly description: string;
  readonly vpcId: string;
  readonly tags: Tags;
}

/** An authorize step. */
export type AuthorizeStep = Extract<Step, { do: 'authorize' }>;

/** The EC2 calls that only on-grant may make. */
export interface Grants {
  /**
   * Adds all rules with their descriptions and tags, or none. A rule that exists already is no error and is
   * returned. Throws CallFailed (`RulesPerSecurityGroupLimitExceeded`, `InvalidGroup.NotFound`, …).
   */
  authorize(step: AuthorizeStep): Promise<readonly Rule[]>;
  /**
   * Creates a group without rules, or finds the group with the same name and tags. Returns its id. Throws
   * CallFailed.
   */
  createGroup(like: NewGroup): Promise<string>;
  /** Deletes a group that nothing uses. A group that no longer exists is no error. Throws CallFailed. */
  deleteGroup(groupId: string): Promise<void>;
  /** Sets the groups of an interface. Throws CallFailed. */
  attach(interfaceId: string, groupIds: readonly string[]): Promise<void>;
}

/** The VPCs of an account and region. */
export interface Vpcs {
  /**
   * Id of the default VPC, or else of the first VPC by id. Undefined if there is no VPC. Throws CallFailed.
   */
  defaultVpcId(): Promise<string | undefined>;
}

/**
 * Tag of a group that a migration created. Its value is the id of the replaced default group. IAM limits
 * on-grant to it.
 */
export const REPLACEMENT_TAG = 'portcullis:replaces';
