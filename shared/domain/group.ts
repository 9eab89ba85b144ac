import type { Rule, Tags } from './rule.ts';

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
