import type { Peer, PeerIdentity, Reachability } from '../domain/control.ts';
import type { Attachment, Group, GroupIdentity } from '../domain/group.ts';

/** A group apart from its rules. */
export function identityOf({ rules: _rules, ...identity }: Group): GroupIdentity {
  return identity;
}

/** Ids of the groups that the rules of a group name: of the same account, and of other accounts. */
export interface NamedGroups {
  readonly own: ReadonlySet<string>;
  readonly foreign: ReadonlySet<string>;
}

/** The groups that the rules of a group name, by owner. A group without a stated owner counts as own. */
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

/**
 * The peers of a group.
 *
 * @param find knows every group of the account. A group that `find` does not know no longer exists.
 */
export function peersOf(
  { own, foreign }: NamedGroups,
  find: (id: string) => PeerIdentity | undefined,
): ReadonlyMap<string, Peer> {
  return new Map<string, Peer>([
    ...Array.from(own, (id) => [id, find(id) ?? 'gone'] as const),
    ...Array.from(foreign, (id) => [id, 'foreign'] as const),
  ]);
}

/**
 * Routes to an internet gateway: subnets with their own route table, and VPCs whose main table has the route.
 */
export interface InternetRoutes {
  readonly subnets: ReadonlySet<string>;
  readonly vpcs: ReadonlySet<string>;
}

const FARTHEST_FIRST = ['internet', 'load-balancer', 'internal'] as const satisfies readonly Reachability[];

/**
 * The main route table counts for every subnet of its VPC, because route tables without an internet gateway
 * are not read. So a subnet with such a table counts as routed, which can only raise the severity.
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
 * How far traffic from the internet reaches the interfaces of a group; the most exposed interface counts. The
 * internet reaches a public address in a subnet that routes to an internet gateway. A load balancer is a case
 * of its own because it forwards only the traffic of its listeners.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
 */
export function reachabilityOf(attachments: readonly Attachment[], routes: InternetRoutes): Reachability {
  const reached = new Set(attachments.map((attachment) => reachOf(attachment, routes)));
  return FARTHEST_FIRST.find((reach) => reached.has(reach)) ?? 'unattached';
}
