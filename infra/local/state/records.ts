import type { ComplianceType, ConfigRule, ConfigurationRecorder } from '@aws-sdk/client-config-service';
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

/** Where a function runs: in subnets of a VPC, with groups. */
export interface VpcConfigRecord {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly groupIds: readonly string[];
}

/** A Lambda function as the account holds it; `published` are the configurations of its versions, the first being version 1. */
export interface FunctionRecord {
  readonly name: string;
  /** Absent: outside of any VPC. */
  readonly vpcConfig?: VpcConfigRecord;
  readonly published: readonly (VpcConfigRecord | undefined)[];
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

/** A message that was published to a topic. `at` in epoch milliseconds. */
export interface PublishedMessage {
  readonly messageId: string;
  readonly topicArn: string;
  readonly message: string;
  readonly subject?: string;
  readonly messageStructure?: string;
  readonly attributes: Readonly<Record<string, { readonly type: string; readonly value: string }>>;
  readonly at: number;
  readonly region: string;
}

/** An SSM parameter as the account holds it. `modifiedAt` in epoch milliseconds. */
export interface ParameterRecord {
  readonly name: string;
  readonly value: string;
  readonly type: 'String' | 'StringList' | 'SecureString';
  readonly version: number;
  readonly modifiedAt: number;
}

/** An event that was put on an event bus. `at` in epoch milliseconds. */
export interface BusEventRecord {
  readonly eventId: string;
  readonly bus: string;
  readonly source: string;
  readonly detailType: string;
  /** JSON. */
  readonly detail: string;
  readonly resources: readonly string[];
  readonly at: number;
  readonly region: string;
}

/** A secret of Secrets Manager as the account holds it; without a value until one is put. */
export interface SecretRecord {
  readonly name: string;
  readonly arn: string;
  readonly version: string;
  readonly value?: string;
}

/** A subscription to a topic: of a queue, with or without SNS's envelope. */
export interface SubscriptionRecord {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: 'sqs';
  readonly endpoint: string;
  readonly raw: boolean;
}

/** A rule of AWS Config as the account holds it. */
export interface ConfigRuleRecord extends ConfigRule {
  readonly ConfigRuleName: string;
  readonly ConfigRuleArn: string;
  readonly ConfigRuleId: string;
}

/** A configuration item of a security group. `at` in epoch milliseconds. */
export interface ConfigItemRecord {
  readonly groupId: string;
  readonly at: number;
  readonly status: 'ResourceDiscovered' | 'OK' | 'ResourceDeleted';
  /** JSON; `null` where the group is deleted. */
  readonly configuration: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly relationships: readonly ConfigRelationship[];
}

/** What a group stands in relation to. */
export interface ConfigRelationship {
  readonly resourceType: string;
  readonly resourceId: string;
  readonly name: string;
}

/** What a rule was told of a group. Times in epoch milliseconds. */
export interface ConfigEvaluationRecord {
  readonly groupId: string;
  readonly complianceType: ComplianceType;
  readonly annotation?: string;
  readonly at: number;
  readonly recordedAt: number;
}

/** The recorder, and whether it runs. */
export interface ConfigRecorderRecord {
  readonly recorder: ConfigurationRecorder;
  readonly recording: boolean;
}

/** AWS Config in one region. */
export interface ConfigState {
  /** Absent: nobody has set one up. */
  recorder?: ConfigRecorderRecord;
  readonly rules: Map<string, ConfigRuleRecord>;
  /** Group id to its items, oldest first. */
  readonly items: Map<string, readonly ConfigItemRecord[]>;
  /** Result token to the rule's name. */
  readonly tokens: Map<string, string>;
  /** Rule's name to group id to what was said last. */
  readonly evaluations: Map<string, Map<string, ConfigEvaluationRecord>>;
}

/** Nothing recorded. */
export function emptyConfig(): ConfigState {
  return {
    rules: new Map(),
    items: new Map(),
    tokens: new Map(),
    evaluations: new Map(),
  };
}
