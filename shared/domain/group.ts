/** The direction of a rule, in AWS's terms. */
export type Direction = 'ingress' | 'egress';

/**
 * The source (ingress) or destination (egress) of a rule's traffic. Each rule has exactly one.
 *
 * `cidrs` of a prefix list are its entries. If they are absent, they are unknown.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html
 */
export type Source =
  | { readonly kind: 'ipv4' | 'ipv6'; readonly cidr: string }
  | { readonly kind: 'prefix-list'; readonly id: string; readonly cidrs?: readonly string[] }
  | {
      readonly kind: 'group';
      readonly groupId: string;
      readonly ownerId?: string;
      readonly vpcId?: string;
      readonly peeringId?: string;
    };

/** Tags of a rule or a group, key to value. */
export type Tags = Readonly<Record<string, string>>;

/** The content of a rule without its identity: everything that an undo must restore. */
export interface RuleContent {
  readonly direction: Direction;
  /** Canonical: `tcp`, `udp`, `icmp`, `icmpv6`, `-1` (all), or the IANA number in decimal. */
  readonly protocol: string;
  /** First port, or the ICMP type; -1 or absent: all. As EC2 states it, so that an undo restores the same. */
  readonly fromPort?: number;
  /** Last port, or the ICMP code; -1 or absent: all. */
  readonly toPort?: number;
  readonly source: Source;
  readonly description?: string;
}

/** One security group rule: a protocol, a port range and a single source. */
export interface Rule extends RuleContent {
  /** `sgr-…`; absent if the input has no ids (DescribeSecurityGroups, AWS Config, a template). */
  readonly id?: string;
  readonly groupId: string;
  readonly tags?: Tags;
}

/** Inclusive range of ports, 0–65535. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** Ports of TCP and UDP, as sorted and disjoint ranges. */
export interface PortSet {
  readonly tcp: readonly PortRange[];
  readonly udp: readonly PortRange[];
}

/** A security group without its rules. */
export interface GroupIdentity {
  /** `sg-…` */
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly vpcId?: string;
  readonly ownerId?: string;
  readonly tags: Tags;
}

/** A security group with its current rules. */
export interface Group extends GroupIdentity {
  /** The rules of both directions. */
  readonly rules: readonly Rule[];
}

/** The location of a group. */
export interface AccountRegion {
  readonly account: string;
  readonly region: string;
}

/** Kind of service that a network interface belongs to. */
export type InterfaceOwner =
  | 'rds'
  | 'elasticache'
  | 'elb'
  | 'lambda'
  | 'redshift'
  | 'dms'
  | 'efs'
  | 'vpc-endpoint'
  | 'nat-gateway'
  | 'ecs'
  | 'ec2'
  | 'other';

/** A network interface that a group is attached to. */
export interface Attachment {
  /** `eni-…` */
  readonly interfaceId: string;
  readonly description: string;
  /** EC2's interface type: `interface`, `lambda`, `nat_gateway`, … */
  readonly type: string;
  /** All groups of the interface. */
  readonly groupIds?: readonly string[];
  readonly requesterId?: string;
  /** An AWS service manages the interface, and EC2 rejects changes by others. */
  readonly requesterManaged?: true;
  readonly instanceId?: string;
  readonly publicIp?: string;
  /** An address of 2000::/3, which needs only a route to be reachable. */
  readonly publicIpv6?: string;
  readonly subnetId?: string;
  readonly vpcId?: string;
  /** The service that the interface belongs to, if EC2 tells. */
  readonly owner?: InterfaceOwner;
}

/**
 * Whether a group is the default group of its VPC. EC2 creates one in every VPC and reserves its name.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
 */
export function isDefaultGroup({ name }: Pick<GroupIdentity, 'name'>): boolean {
  return name === 'default';
}
