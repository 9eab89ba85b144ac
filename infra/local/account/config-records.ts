import type { ComplianceType, ConfigRule, ConfigurationRecorder } from '@aws-sdk/client-config-service';

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
  readonly verdict: ComplianceType;
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
export const emptyConfig = (): ConfigState => ({
  rules: new Map(),
  items: new Map(),
  tokens: new Map(),
  evaluations: new Map(),
});
