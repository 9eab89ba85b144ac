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
  /** Of the last receive. Older receipts no longer delete the message. */
  readonly receipt?: string;
}

/** Moves a message to another queue after too many receives. */
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
  /** By id, in order of arrival. */
  readonly messages: Map<string, QueuedMessage>;
}

/** The VPC settings of a function. */
export interface VpcConfigRecord {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly groupIds: readonly string[];
}

/** A Lambda function. `published` has the VPC settings of its versions, from version 1. */
export interface FunctionRecord {
  readonly name: string;
  /** Absent: not in a VPC. */
  readonly vpcConfig?: VpcConfigRecord;
  readonly published: readonly (VpcConfigRecord | undefined)[];
}

/** A message that was published to a topic. `at` is in epoch milliseconds. */
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

/** An SSM parameter. `modifiedAt` is in epoch milliseconds. */
export interface ParameterRecord {
  readonly name: string;
  readonly value: string;
  readonly type: 'String' | 'StringList' | 'SecureString';
  readonly version: number;
  readonly modifiedAt: number;
}

/** An event that PutEvents put on a bus. `at` is in epoch milliseconds. */
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

/** A secret of Secrets Manager. It has no value until one is put. */
export interface SecretRecord {
  readonly name: string;
  readonly arn: string;
  readonly version: string;
  readonly value?: string;
}

/** A subscription of a queue to a topic. `raw`: messages come without SNS's envelope. */
export interface SubscriptionRecord {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: 'sqs';
  readonly endpoint: string;
  readonly raw: boolean;
}

/** A rule of AWS Config. */
export interface ConfigRuleRecord extends ConfigRule {
  readonly ConfigRuleName: string;
  readonly ConfigRuleArn: string;
  readonly ConfigRuleId: string;
}

/** A configuration item of a security group. `at` is in epoch milliseconds. */
export interface ConfigItemRecord {
  readonly groupId: string;
  readonly at: number;
  readonly status: 'ResourceDiscovered' | 'OK' | 'ResourceDeleted';
  /** JSON; `null` if the group was deleted. */
  readonly configuration: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly relationships: readonly ConfigRelationship[];
}

/** A resource that a group is related to. */
export interface ConfigRelationship {
  readonly resourceType: string;
  readonly resourceId: string;
  readonly name: string;
}

/** The last evaluation of a group by a rule. Times are in epoch milliseconds. */
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
  /** Absent: no recorder was set up. */
  recorder?: ConfigRecorderRecord;
  readonly rules: Map<string, ConfigRuleRecord>;
  /** Items by group id, oldest first. */
  readonly items: Map<string, readonly ConfigItemRecord[]>;
  /** Names of rules by result token. */
  readonly tokens: Map<string, string>;
  /** Last evaluations by rule name and group id. */
  readonly evaluations: Map<string, Map<string, ConfigEvaluationRecord>>;
}

/** AWS Config without a recorder, rules and items. */
export function emptyConfig(): ConfigState {
  return {
    rules: new Map(),
    items: new Map(),
    tokens: new Map(),
    evaluations: new Map(),
  };
}

/** A log event. `at` is in epoch milliseconds. */
export interface LogEventRecord {
  /** Position among all events of the group, from 0. */
  readonly sequence: number;
  readonly at: number;
  readonly message: string;
}

/** A log group. Events are appended at the end and removed at the beginning. */
export interface LogGroupRecord {
  readonly events: LogEventRecord[];
  /** Characters of all events together. */
  characters: number;
  /** Number of events that were appended so far. */
  appended: number;
}
