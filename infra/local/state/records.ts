import type { ComplianceType, ConfigRule, ConfigurationRecorder } from '@aws-sdk/client-config-service';

/** A message in a queue. Times in epoch milliseconds. */
export interface QueuedMessage {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, { readonly type: string; readonly value: string }>>;
  readonly sentAt: number;
  /** When it can be received (again). */
  readonly visibleAt: number;
  readonly receives: number;
  readonly firstReceivedAt?: number;
  /** Of the last receive; an older one no longer deletes. */
  readonly receipt?: string;
}

/** Where a message goes that was received too often. */
export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/** A standard queue. */
export interface QueueRecord {
  readonly name: string;
  readonly arn: string;
  readonly visibilityMs: number;
  readonly redrive?: RedrivePolicy;
  /** By id, in the order of arrival. */
  readonly messages: Map<string, QueuedMessage>;
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

/** A log event. `at` in epoch milliseconds. */
export interface LogEventRecord {
  /** Position among all events of the group, from 0. */
  readonly sequence: number;
  readonly at: number;
  readonly message: string;
}

/** A log group. Events are appended at the end and removed at the beginning. */
export interface LogGroupRecord {
  readonly events: LogEventRecord[];
  /** Of all events together. */
  characters: number;
  /** How many events were appended so far. */
  appended: number;
}
