import type { Peer, PeerIdentity, Reachability } from '../domain/control.ts';
import type { Attachment, Group, GroupIdentity } from '../domain/group.ts';

/** A group apart from its rules. */
export function identityOf({ rules: _rules, ...identity }: Group): GroupIdentity {
  return identity;
}

/** Ids of the groups that the rules name and that belong to the same account, and of those that belong to another. */
export interface NamedGroups {
  readonly own: ReadonlySet<string>;
  readonly foreign: ReadonlySet<string>;
}

/** The groups that a group's rules name, told apart by their owner. Without a stated owner they are the account's own. */
export function groupsNamedBy({ rules, ownerId }: Group): NamedGroups {
  const own = new Set<string>();
  const foreign = new Set<string>();
  for (const { source } of rules) {
    if (source.kind !== 'group') continue;
    const isOwn = source.ownerId === undefined || ownerId === undefined || source.ownerId === ownerId;
    (isOwn ? own : foreign).add(source.groupId);
  }
  return { own, foreign };
}

/** The peers of a group, where `find` knows every group of the account: what it does not know is gone. */
export function peersOf(
  { own, foreign }: NamedGroups,
  find: (id: string) => PeerIdentity | undefined,
): ReadonlyMap<string, Peer> {
  return new Map<string, Peer>([
    ...Array.from(own, (id) => [id, find(id) ?? 'gone'] as const),
    ...Array.from(foreign, (id) => [id, 'foreign'] as const),
  ]);
}

/** Where routes lead to an internet gateway: subnets with a table of their own, and VPCs by their main table. */
export interface InternetRoutes {
  readonly subnets: ReadonlySet<string>;
  readonly vpcs: ReadonlySet<string>;
}

/** Farthest reach first. */
const FARTHEST_FIRST = ['internet', 'load-balancer', 'internal'] as const satisfies readonly Reachability[];

/**
 * The main table counts for every subnet of its VPC, also for one that names a table without a way out: those tables are not read.
 * An address that the internet cannot answer is rare, and what errs here errs to the grave side.
 */
function isRouted({ subnetId, vpcId }: Attachment, { subnets, vpcs }: InternetRoutes): boolean {
  return (subnetId !== undefined && subnets.has(subnetId)) || (vpcId !== undefined && vpcs.has(vpcId));
}

function reachOf(attachment: Attachment, routes: InternetRoutes): (typeof FARTHEST_FIRST)[number] {
  const isPublic = attachment.publicIp !== undefined || attachment.publicIpv6 !== undefined;
  if (!isPublic || !isRouted(attachment, routes)) return 'internal';
  return attachment.owner === 'elb' ? 'load-balancer' : 'internet';
}

/**
 * How far the internet gets to what a group is attached to, the farthest of all its interfaces: a public address in a subnet that
 * routes to an internet gateway. An internet-facing load balancer is told apart, since it passes on no more than its listeners.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
 */
export function reachabilityOf(attachments: readonly Attachment[], routes: InternetRoutes): Reachability {
  const reached = new Set(attachments.map((attachment) => reachOf(attachment, routes)));
  return FARTHEST_FIRST.find((reach) => reached.has(reach)) ?? 'unattached';
}
