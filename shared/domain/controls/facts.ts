import type { Change } from '../change.ts';
import type { Episode } from '../episode.ts';
import type { Attachment, Group, GroupIdentity } from '../group.ts';

/** What controls look at in a group that a rule names. Where many are held, it has no more than the tags that a control goes by. */
export type PeerIdentity = Pick<GroupIdentity, 'id' | 'tags'> & Partial<GroupIdentity>;

/** A group that a rule names: what it is, that it is gone, or that it belongs to another account and cannot be read. */
export type Peer = PeerIdentity | 'gone' | 'foreign';

/**
 * Something that names the group without being attached to it: a rule of another group, a VPC on the other side of a peering connection
 * or a transit gateway (which of its groups has the rule, EC2 does not say), a launch template, a function.
 */
export interface Reference {
  readonly kind: 'group' | 'vpc' | 'launch-template' | 'function';
  readonly id: string;
}

/**
 * Other groups on the same network interfaces: one entry for each distinct set. Only groups are in it whose inbound rules name part of
 * the public address space, because no others add anything.
 */
export interface Neighbours {
  /** An interface with these groups, `eni-…`. */
  readonly interfaceId: string;
  /** Number of interfaces with these groups. */
  readonly interfaces: number;
  readonly groups: readonly Pick<Group, 'id' | 'rules'>[];
}

/** How far traffic from the internet gets to what the group is attached to. */
export type Reachability = 'internet' | 'load-balancer' | 'internal' | 'unattached';

/** What a control may ask for besides the group itself. */
export interface Facts {
  /** Interfaces the group is attached to: the first page (1,000), enough to tell used from unused. */
  readonly attachments: readonly Attachment[];
  /** The groups that its rules name, by id. */
  readonly peers: ReadonlyMap<string, Peer>;
  /**
   * What else names it: rules of other groups (both directions), VPCs beyond, of other accounts too, the latest and default versions of
   * launch templates, and the VPC configuration of functions, whether or not they have an interface at the moment.
   */
  readonly referencedBy: readonly Reference[];
  /** CIDR blocks of its VPC, both families. */
  readonly vpcCidrs: readonly string[];
  /** Ids of the other groups of its VPC with exactly the same rules. */
  readonly twins: readonly string[];
  /** Groups that share interfaces with it; read only if its own inbound rules name part of the public address space. */
  readonly neighbours: readonly Neighbours[];
  /** Openings and closings of the last day, as the ledger has them. */
  readonly episodes: readonly Episode[];
  /** What happened, by whom. */
  readonly change: Change;
  /** Grades the severity. Told from the attachments, so from the first 1,000 interfaces. */
  readonly reachability: Reachability;
}

/** Name of a fact. */
export type Need = keyof Facts;

/** Facts that do not come from EC2: the event and the ledger tell them. */
export const TOLD_FACTS = ['episodes', 'change'] as const satisfies readonly Need[];

/** Every fact there is. */
export const NEEDS = [
  'attachments',
  'peers',
  'referencedBy',
  'vpcCidrs',
  'twins',
  'neighbours',
  'reachability',
  'episodes',
  'change',
] as const satisfies readonly Need[];
