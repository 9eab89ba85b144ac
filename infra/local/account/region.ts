import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub';
import type { Account } from './account.ts';
import { awsPrefixLists } from './aws-prefix-lists.ts';
import { type ConfigState, emptyConfig } from './config-records.ts';
import type { QueueRecord } from './queues.ts';
import type {
  FunctionRecord,
  GroupAssociationRecord,
  GroupRecord,
  InterfaceRecord,
  InternetGatewayRecord,
  LaunchTemplateRecord,
  ParameterRecord,
  PeeringRecord,
  PrefixListRecord,
  RouteTableRecord,
  RuleRecord,
  SecretRecord,
  SubnetRecord,
  SubscriptionRecord,
  VpcRecord,
} from './records.ts';

/**
 * What one region of the account holds, by id. Records are replaced whole, never altered, so that an operation which
 * throws after checking and before storing has changed nothing.
 */
export interface Region {
  readonly name: string;
  readonly account: Account;
  readonly vpcs: Map<string, VpcRecord>;
  readonly subnets: Map<string, SubnetRecord>;
  readonly groups: Map<string, GroupRecord>;
  /** By group id and VPC id, with a space between. */
  readonly groupAssociations: Map<string, GroupAssociationRecord>;
  readonly rules: Map<string, RuleRecord>;
  readonly prefixLists: Map<string, PrefixListRecord>;
  readonly interfaces: Map<string, InterfaceRecord>;
  readonly routeTables: Map<string, RouteTableRecord>;
  readonly internetGateways: Map<string, InternetGatewayRecord>;
  readonly launchTemplates: Map<string, LaunchTemplateRecord>;
  readonly peerings: Map<string, PeeringRecord>;
  /** By name. */
  readonly functions: Map<string, FunctionRecord>;
  /** Resource id to its tags. */
  readonly tags: Map<string, ReadonlyMap<string, string>>;
  /** Topic ARNs. */
  readonly topics: Set<string>;
  readonly subscriptions: Map<string, SubscriptionRecord>;
  /** By name. */
  readonly queues: Map<string, QueueRecord>;
  /** By name. */
  readonly secrets: Map<string, SecretRecord>;
  readonly parameters: Map<string, ParameterRecord>;
  /** Security Hub's findings, by their own id. */
  readonly findings: Map<string, AwsSecurityFinding>;
  /** What AWS Config has recorded and was told. */
  readonly config: ConfigState;
  /** Rule id to how often each describe has passed over it and when it was made: for eventual consistency. */
  readonly unseen: Map<string, { readonly madeAt: number; readonly passes: Map<string, number> }>;
}

/** A region without resources of the account; AWS's own prefix lists are in every region. */
export function createRegion(account: Account, name: string): Region {
  return {
    name,
    account,
    vpcs: new Map(),
    subnets: new Map(),
    groups: new Map(),
    groupAssociations: new Map(),
    rules: new Map(),
    prefixLists: new Map(awsPrefixLists(name).map((list) => [list.id, list])),
    interfaces: new Map(),
    routeTables: new Map(),
    internetGateways: new Map(),
    launchTemplates: new Map(),
    peerings: new Map(),
    functions: new Map(),
    tags: new Map(),
    topics: new Set(),
    subscriptions: new Map(),
    queues: new Map(),
    secrets: new Map(),
    parameters: new Map(),
    findings: new Map(),
    config: emptyConfig(),
    unseen: new Map(),
  };
}
