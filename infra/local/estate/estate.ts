import type { NetworkInterfaceType } from '@aws-sdk/client-ec2';
import type { Direction } from '../../../shared/domain/group.ts';

/**
 * A rule. `source` is a CIDR, `pl:NAME` for a prefix list of the estate, or `sg:NAME` for a group of the same
 * VPC.
 */
export interface EstateRule {
  readonly direction: Direction;
  /** A name, a number or -1, as in AuthorizeSecurityGroupIngress. */
  readonly protocol: string;
  /** One port, the first and the last port, or an ICMP type and code. Absent for a protocol without ports. */
  readonly ports?: number | readonly [number, number];
  readonly source: string;
  readonly description?: string;
}

/** An interface that uses the group. `description` and `requesterId` show which service it belongs to. */
export interface EstateInterface {
  readonly description: string;
  /** Default `interface`. */
  readonly type?: NetworkInterfaceType;
  readonly requesterId?: string;
  readonly publicIp?: string;
}

/** A VPC's default group. Without `rules`, it has AWS's default rules. */
interface EstateDefaultGroup {
  readonly rules?: readonly EstateRule[];
  readonly interfaces?: readonly EstateInterface[];
}

/** A group. Without an egress rule in `rules`, it keeps AWS's default egress rule. */
interface EstateGroup {
  readonly name: string;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly rules?: readonly EstateRule[];
  readonly interfaces?: readonly EstateInterface[];
}

/** A Lambda function in the VPC. It has no network interface, like a function that was idle for weeks. */
export interface EstateFunction {
  readonly name: string;
  /** Names of its groups. */
  readonly groups: readonly string[];
  /** Names of the groups of its published versions, from version 1. */
  readonly published?: readonly (readonly string[])[];
}

/** An active peering connection with a VPC of another account. */
export interface EstatePeering {
  readonly vpcId: string;
  readonly ownerId: string;
  /** Names of groups that rules in the other VPC reference. */
  readonly names?: readonly string[];
}

/** A VPC with its groups. `name` becomes its Name tag. */
export interface EstateVpc {
  readonly name: string;
  readonly cidr: string;
  readonly isDefault?: boolean;
  readonly groups: readonly EstateGroup[];
  readonly defaultGroup?: EstateDefaultGroup;
  readonly functions?: readonly EstateFunction[];
  readonly peerings?: readonly EstatePeering[];
}

/** A prefix list. */
export interface EstatePrefixList {
  readonly name: string;
  readonly entries: readonly string[];
  /** Default: the number of entries. */
  readonly maxEntries?: number;
  readonly addressFamily: 'IPv4' | 'IPv6';
}

/** The initial resources of an account. */
export interface Estate {
  readonly vpcs: readonly EstateVpc[];
  readonly prefixLists?: readonly EstatePrefixList[];
}
