import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub';
import type { Random } from '../../../shared/domain/runtime.ts';
import type { LocalClock } from '../time/clock.ts';
import { awsPrefixLists } from './aws-prefix-lists.ts';
import type {
  GroupAssociationRecord,
  GroupRecord,
  InterfaceRecord,
  InternetGatewayRecord,
  LaunchTemplateRecord,
  PeeringRecord,
  PrefixListRecord,
  RouteTableRecord,
  RuleRecord,
  SubnetRecord,
  VpcRecord,
} from './ec2-records.ts';
import type { QueueRecord } from './records.ts';
import {
  type BusEventRecord,
  type ConfigState,
  emptyConfig,
  type FunctionRecord,
  type LogGroupRecord,
  type ParameterRecord,
  type PublishedMessage,
  type SecretRecord,
  type SubscriptionRecord,
} from './records.ts';

/**
 * How long describe calls hide a new rule, because EC2 is eventually consistent. An operation shows the rule
 * after it has omitted the rule `describes` times, or `ms` after the rule was created, whichever comes first.
 * With neither, at once.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
export interface RuleVisibility {
  readonly describes?: number;
  readonly ms?: number;
}

/** Settings of a new account. */
export interface AccountOptions {
  /** Twelve digits. */
  readonly accountId: string;
  /** Estates are loaded into this region by default. */
  readonly homeRegion: string;
  readonly clock: LocalClock;
  readonly random: Random;
}

/**
 * One AWS account: its regions and their resources. It does no I/O and sets no timers; its clock and
 * randomness are injected. A region is created, empty, when it is first named. It has a default VPC only
 * after CreateDefaultVpc, or if an estate has one.
 */
export class Account {
  readonly id: string;
  readonly homeRegion: string;
  readonly clock: LocalClock;
  readonly random: Random;
  /** Every message published in any region, in order. */
  readonly messages: PublishedMessage[] = [];
  /** Every event that PutEvents put on a bus of any region, in order. */
  readonly busEvents: BusEventRecord[] = [];
  /** Called after a message has arrived in a queue. */
  readonly queueListeners = new Set<(region: Region, queue: QueueRecord) => void>();
  /** Set by CreateAccountAlias. */
  alias: string | undefined;
  /** How long describe calls hide new rules. Default: not at all. */
  ruleVisibility: RuleVisibility = {};
  readonly #regions = new Map<string, Region>();

  constructor(options: AccountOptions) {
    this.id = options.accountId;
    this.homeRegion = options.homeRegion;
    this.clock = options.clock;
    this.random = options.random;
  }

  /** The region of this name, e.g. `eu-central-1`. */
  region(name: string): Region {
    const known = this.#regions.get(name);
    if (known) return known;
    const fresh = createRegion(this, name);
    this.#regions.set(name, fresh);
    return fresh;
  }
}

/**
 * The resources of one region, by id. Operations replace records and never modify them, so an operation that
 * throws has changed nothing.
 */
export interface Region {
  readonly name: string;
  readonly account: Account;
  readonly vpcs: Map<string, VpcRecord>;
  readonly subnets: Map<string, SubnetRecord>;
  readonly groups: Map<string, GroupRecord>;
  /** By group id and VPC id, separated by a space. */
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
  /** Log groups of CloudWatch Logs, by name. */
  readonly logGroups: Map<string, LogGroupRecord>;
  /** Tags by resource id. */
  readonly tags: Map<string, ReadonlyMap<string, string>>;
  /** Topic ARNs. */
  readonly topics: Set<string>;
  readonly subscriptions: Map<string, SubscriptionRecord>;
  /** By name. */
  readonly queues: Map<string, QueueRecord>;
  /** By name. */
  readonly secrets: Map<string, SecretRecord>;
  readonly parameters: Map<string, ParameterRecord>;
  /** Findings of Security Hub, by their own id. */
  readonly findings: Map<string, AwsSecurityFinding>;
  /** AWS Config's recorder, rules, items and evaluations. */
  readonly config: ConfigState;
  /**
   * Rules that describe calls may hide, by rule id: when each was created, and how many calls of each
   * operation omitted it.
   */
  readonly hiddenRules: Map<string, { readonly madeAt: number; readonly passes: Map<string, number> }>;
}

/** A new region, which has only the AWS-managed prefix lists. */
function createRegion(account: Account, name: string): Region {
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
    logGroups: new Map(),
    tags: new Map(),
    topics: new Set(),
    subscriptions: new Map(),
    queues: new Map(),
    secrets: new Map(),
    parameters: new Map(),
    findings: new Map(),
    config: emptyConfig(),
    hiddenRules: new Map(),
  };
}
