/** The two directions of a security group rule, in AWS's own words. */
export type Direction = 'ingress' | 'egress';

/**
 * Where a rule's traffic comes from (ingress) or goes to (egress). AWS stores exactly one for each rule id.
 *
 * `cidrs` of a prefix list are its entries once they have been read; absent, they are unknown and nothing is concluded from them.
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

/** What a rule lets through, apart from its identity: what an undo must give back. */
export interface RuleContent {
  readonly direction: Direction;
  /** Canonical: `tcp`, `udp`, `icmp`, `icmpv6`, `-1` (all), or the IANA number in decimal. */
  readonly protocol: string;
  /** First port, or the ICMP type; -1 or absent: all. As EC2 states it, so that an undo can repeat it. */
  readonly fromPort?: number;
  /** Last port, or the ICMP code; -1 or absent: all. */
  readonly toPort?: number;
  readonly source: Source;
  readonly description?: string;
}

/** One security group rule: a protocol, a port range and a single source. */
export interface Rule extends RuleContent {
  /** `sgr-…`; absent where the input has none (DescribeSecurityGroups, AWS Config, a template). */
  readonly id?: string;
  readonly groupId: string;
  readonly tags?: Tags;
}

/** Inclusive range of ports, 0–65535. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** Ports of the two protocols that have them, as sorted and disjoint ranges. */
export interface PortSet {
  readonly tcp: readonly PortRange[];
  readonly udp: readonly PortRange[];
}

/** A security group apart from its rules. */
export interface GroupIdentity {
  /** `sg-…` */
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly vpcId?: string;
  readonly ownerId?: string;
  readonly tags: Tags;
}

/** A security group with all its rules, as the account has it now. */
export interface Group extends GroupIdentity {
  /** Both directions. */
  readonly rules: readonly Rule[];
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
  /** All groups that it uses, not only the one asked for. */
  readonly groupIds?: readonly string[];
  readonly requesterId?: string;
  /** An AWS service made it and changes it: others are refused. */
  readonly requesterManaged?: true;
  readonly instanceId?: string;
  readonly publicIp?: string;
  /** An address of 2000::/3: reachable without a translation, where a route leads to it. */
  readonly publicIpv6?: string;
  readonly subnetId?: string;
  readonly vpcId?: string;
  /** Whose it is, as far as EC2 tells. */
  readonly owner?: InterfaceOwner;
}

/**
 * Whether it is a VPC's default group: EC2 gives every VPC one of this name and refuses the name for any other.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
 */
export function isDefaultGroup({ name }: Pick<GroupIdentity, 'name'>): boolean {
  return name === 'default';
}
