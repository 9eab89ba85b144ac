import type { Reachability } from '../domain/controls/facts.ts';
import type { Attachment } from '../domain/group.ts';

/** Where routes lead to an internet gateway: subnets with a table of their own, and VPCs by their main table. */
export interface InternetRoutes {
  readonly subnets: ReadonlySet<string>;
  readonly vpcs: ReadonlySet<string>;
}

/** Farthest reach first. */
const ORDER = ['internet', 'load-balancer', 'internal'] as const satisfies readonly Reachability[];

/**
 * The main table counts for every subnet of its VPC, also for one that names a table without a way out: those tables are not read.
 * An address that the internet cannot answer is rare, and what errs here errs to the grave side.
 */
const isRouted = ({ subnetId, vpcId }: Attachment, { subnets, vpcs }: InternetRoutes): boolean =>
  (subnetId !== undefined && subnets.has(subnetId)) || (vpcId !== undefined && vpcs.has(vpcId));

const reachOf = (attachment: Attachment, routes: InternetRoutes): (typeof ORDER)[number] => {
  const isPublic = attachment.publicIp !== undefined || attachment.publicIpv6 !== undefined;
  if (!isPublic || !isRouted(attachment, routes)) return 'internal';
  return attachment.owner === 'elb' ? 'load-balancer' : 'internet';
};

/**
 * How far the internet gets to what a group is attached to, the farthest of all its interfaces: a public address in a subnet that
 * routes to an internet gateway. An internet-facing load balancer is told apart, since it passes on no more than its listeners.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
 */
export const reachabilityOf = (attachments: readonly Attachment[], routes: InternetRoutes): Reachability => {
  const reached = new Set(attachments.map((attachment) => reachOf(attachment, routes)));
  return ORDER.find((reach) => reached.has(reach)) ?? 'unattached';
};
