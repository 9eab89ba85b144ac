import type {
  NetworkInterfaceType,
  PrefixListState,
  RequestLaunchTemplateData,
  SecurityGroupVpcAssociationState,
  Tenancy,
  VpcAttributeName,
} from '@aws-sdk/client-ec2';
import type { Rule } from '../../../shared/domain/group.ts';

/** A VPC. */
export interface VpcRecord {
  readonly id: string;
  readonly cidr: string;
  readonly isDefault: boolean;
  readonly tenancy: Tenancy;
  /** The Amazon-provided /56 block. Absent: the VPC has IPv4 only. */
  readonly ipv6Cidr?: string;
  /** Attributes that ModifyVpcAttribute has set. The others have EC2's defaults. */
  readonly attributes?: Readonly<Partial<Record<VpcAttributeName, boolean>>>;
}

/** A subnet. */
export interface SubnetRecord {
  readonly id: string;
  readonly vpcId: string;
  readonly cidr: string;
  readonly zone: string;
  /** Whether it is the default VPC's default subnet in its zone. */
  readonly isDefault?: boolean;
}

/** A route table. `main`: it applies to all subnets of its VPC without a table of their own. */
export interface RouteTableRecord {
  readonly id: string;
  readonly vpcId: string;
  readonly main: boolean;
  readonly routes: readonly { readonly cidr: string; readonly gatewayId: string }[];
  /** Associated subnets, by the id of the association. */
  readonly subnets: ReadonlyMap<string, string>;
}

/** An internet gateway. */
export interface InternetGatewayRecord {
  readonly id: string;
  readonly vpcId?: string;
}

/** A launch template with the data of its versions, from version 1. */
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
 * A VPC peering connection. The state of another account's VPC is unknown, so the connection lists the groups
 * that rules in that VPC reference.
 */
export interface PeeringRecord {
  readonly id: string;
  readonly requester: PeeringSide;
  readonly accepter: PeeringSide;
  readonly status: 'pending-acceptance' | 'active' | 'failed' | 'rejected' | 'deleted';
  /** Ids of this account's groups that rules in another account's VPC reference. */
  readonly referencedByPeer: readonly string[];
}

/** A security group. Its rules are in the region's `rules`. */
export interface GroupRecord {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly vpcId: string;
}

/** A group that is associated with another VPC besides its own. */
export interface GroupAssociationRecord {
  readonly groupId: string;
  readonly vpcId: string;
  readonly state: SecurityGroupVpcAssociationState;
  readonly stateReason?: string;
}

/** A rule with its id and with canonical protocol, ports and CIDR. Its tags are in the region's `tags`. */
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

/** A managed prefix list. `versions` has the entries of each version. */
export interface PrefixListRecord {
  readonly id: string;
  readonly name: string;
  readonly addressFamily: 'IPv4' | 'IPv6';
  /**
   * How many rules a reference to the list counts as: the maximum number of entries, or the weight of an
   * AWS-managed list.
   */
  readonly maxEntries: number;
  readonly version: number;
  readonly versions: ReadonlyMap<number, readonly PrefixEntry[]>;
  readonly state: PrefixListState;
  /** Why the last change failed. */
  readonly stateMessage?: string;
  /** Customers can reference an AWS-managed list but not change it. */
  readonly isAwsManaged?: boolean;
}

/** A network interface. */
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
  /** Who created it: a principal's id, or the alias of an AWS service. */
  readonly requesterId?: string;
  /** Whether an AWS service created it for itself. */
  readonly requesterManaged: boolean;
}
