import type {
  NetworkInterfaceType,
  PrefixListState,
  RequestLaunchTemplateData,
  SecurityGroupVpcAssociationState,
  Tenancy,
  VpcAttributeName,
} from '@aws-sdk/client-ec2';
import type { Rule } from '../../../shared/domain/group.ts';

/** A VPC as the account holds it. */
export interface VpcRecord {
  readonly id: string;
  readonly cidr: string;
  readonly isDefault: boolean;
  readonly tenancy: Tenancy;
  /** The /56 block that Amazon provided. Absent: the VPC has IPv4 only. */
  readonly ipv6Cidr?: string;
  /** Attributes that ModifyVpcAttribute has set; the others have EC2's defaults. */
  readonly attributes?: Readonly<Partial<Record<VpcAttributeName, boolean>>>;
}

/** A subnet as the account holds it. */
export interface SubnetRecord {
  readonly id: string;
  readonly vpcId: string;
  readonly cidr: string;
  readonly zone: string;
  /** Whether the subnet is the default VPC's own subnet in its zone. */
  readonly isDefault?: boolean;
}

/** A route table as the account holds it; `main` where it stands for every subnet of its VPC that names no other. */
export interface RouteTableRecord {
  readonly id: string;
  readonly vpcId: string;
  readonly main: boolean;
  readonly routes: readonly { readonly cidr: string; readonly gatewayId: string }[];
  /** Subnets that name it, by the id of the association. */
  readonly subnets: ReadonlyMap<string, string>;
}

/** An internet gateway as the account holds it. */
export interface InternetGatewayRecord {
  readonly id: string;
  readonly vpcId?: string;
}

/** A launch template with the data of its versions, the first being version 1. */
export interface LaunchTemplateRecord {
  readonly id: string;
  readonly name: string;
  readonly versions: readonly RequestLaunchTemplateData[];
  readonly defaultVersion: number;
}

/** One side of a peering connection. */
export interface PeeringSide {
  readonly vpcId: string;
  readonly ownerId: string;
}

/**
 * A VPC peering connection as the account holds it. What stands in a VPC of another account is not in this one's state, so that the
 * groups which rules over there name are told here.
 */
export interface PeeringRecord {
  readonly id: string;
  readonly requester: PeeringSide;
  readonly accepter: PeeringSide;
  readonly status: 'pending-acceptance' | 'active' | 'failed' | 'rejected' | 'deleted';
  /** Ids of this account's groups that rules of another account's VPC name. */
  readonly referencedByPeer: readonly string[];
}

/** A security group as the account holds it; its rules stand in the region's `rules`. */
export interface GroupRecord {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly vpcId: string;
}

/** A group that may be used in another VPC, too, beside the one that it was made in. */
export interface GroupAssociationRecord {
  readonly groupId: string;
  readonly vpcId: string;
  readonly state: SecurityGroupVpcAssociationState;
  readonly stateReason?: string;
}

/** A rule as the account holds it: always with an id, canonical protocol, ports and CIDR. Tags stand in the region's `tags`. */
export interface RuleRecord extends Omit<Rule, 'tags'> {
  readonly id: string;
  readonly fromPort: number;
  readonly toPort: number;
}

/** One entry of a prefix list. */
export interface PrefixEntry {
  readonly cidr: string;
  readonly description?: string;
}

/** A managed prefix list; `versions` maps a version number to the entries it had. */
export interface PrefixListRecord {
  readonly id: string;
  readonly name: string;
  readonly addressFamily: 'IPv4' | 'IPv6';
  /** How many rules a reference to the list counts as: its maximum of entries, or the weight that AWS states for its own lists. */
  readonly maxEntries: number;
  readonly version: number;
  readonly versions: ReadonlyMap<number, readonly PrefixEntry[]>;
  readonly state: PrefixListState;
  /** Why the last change failed. */
  readonly stateMessage?: string;
  /** Whether AWS owns and maintains the list: customers can reference it and change nothing. */
  readonly isAwsManaged?: boolean;
}

/** A network interface as the account holds it. */
export interface InterfaceRecord {
  readonly id: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly zone: string;
  readonly description: string;
  readonly type: NetworkInterfaceType;
  readonly status: 'available' | 'in-use';
  readonly groupIds: readonly string[];
  readonly privateIp: string;
  readonly publicIp?: string;
  /** Who made it: a principal's id, or the alias of an AWS service. */
  readonly requesterId?: string;
  /** Whether an AWS service made it for itself. */
  readonly requesterManaged: boolean;
}
