import type { NetworkInterfaceType } from '@aws-sdk/client-ec2';
import type { Direction } from '../../../shared/domain/group.ts';

/** A rule: `source` is a CIDR, `pl:NAME` a prefix list of the estate, `sg:NAME` a group of the same VPC. */
export interface EstateRule {
  readonly direction: Direction;
  /** As AuthorizeSecurityGroupIngress takes it: a name, a number, or -1. */
  readonly protocol: string;
  /** A port, or the first and the last; an ICMP type and code. Left out where the protocol has none. */
  readonly ports?: number | readonly [number, number];
  readonly source: string;
  readonly description?: string;
}

/** An interface that uses the group: `description` and `requesterId` tell whose it is. */
export interface EstateInterface {
  readonly description: string;
  /** Default `interface`. */
  readonly type?: NetworkInterfaceType;
  readonly requesterId?: string;
  readonly publicIp?: string;
}

/** What is in a VPC's default group. Without `rules`, it has those that AWS gives it. */
interface EstateDefaultGroup {
  readonly rules?: readonly EstateRule[];
  readonly interfaces?: readonly EstateInterface[];
}

/** A group; without an egress rule among `rules` it keeps the one that AWS gives every new group. */
interface EstateGroup {
  readonly name: string;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly rules?: readonly EstateRule[];
  readonly interfaces?: readonly EstateInterface[];
}

/** A Lambda function of the VPC. It has no interface of its own here, as one that was not called for weeks. */
export interface EstateFunction {
  readonly name: string;
  /** Names of its groups. */
  readonly groups: readonly string[];
  /** The same of its published versions, from version 1. */
  readonly published?: readonly (readonly string[])[];
}

/** An active peering connection with a VPC of another account. */
export interface EstatePeering {
  readonly vpcId: string;
  readonly ownerId: string;
  /** Groups that rules over there name. */
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
  /** Default: as many as there are entries. */
  readonly maxEntries?: number;
  readonly addressFamily: 'IPv4' | 'IPv6';
}

/** What an account is filled with before anybody calls it. */
export interface Estate {
  readonly vpcs: readonly EstateVpc[];
  readonly prefixLists?: readonly EstatePrefixList[];
}
