import { FAMILIES } from './families.ts';

/** What AWS Config calls a function for when a group changes. Deletions come under the first kind. */
const CHANGES = ['ConfigurationItemChangeNotification', 'OversizedConfigurationItemChangeNotification'] as const;

/** How often AWS Config may have every group evaluated besides. @see https://docs.aws.amazon.com/config/latest/APIReference/API_SourceDetail.html */
export const CONFIG_SCHEDULES = ['One_Hour', 'Three_Hours', 'Six_Hours', 'Twelve_Hours', 'TwentyFour_Hours'] as const;

/** One of them. */
export type ConfigSchedule = (typeof CONFIG_SCHEDULES)[number];

/** What makes AWS Config call the function of a rule. */
export interface RuleTrigger {
  readonly eventSource: 'aws.config';
  readonly messageType: (typeof CHANGES)[number] | 'ScheduledNotification';
  readonly maximumExecutionFrequency?: ConfigSchedule;
}

/** A rule of AWS Config. */
export interface FamilyRule {
  readonly family: string;
  readonly name: string;
  /** At most 256 characters. */
  readonly description: string;
}

/** The type of resource that the rules are about. */
export const CONFIG_SCOPE = 'AWS::EC2::SecurityGroup';

/** When a rule is evaluated: at each change of a group and, where that is asked for, all groups every so often. */
export const configTriggers = (schedule: ConfigSchedule | undefined): readonly RuleTrigger[] => {
  const changes = CHANGES.map((messageType) => ({ eventSource: 'aws.config', messageType }) as const);
  if (schedule === undefined) return changes;
  const periodic = { messageType: 'ScheduledNotification', maximumExecutionFrequency: schedule } as const;
  return [...changes, { eventSource: 'aws.config', ...periodic }];
};

/** One rule for each family of controls, named after the stack: every evaluation costs money. */
export const configRules = (stackName: string): readonly FamilyRule[] =>
  Object.entries(FAMILIES).map(([family, { title, controls }]) => ({
    family,
    name: `${stackName}-${family}`,
    description: `${title}: ${controls.join(', ')}.`,
  }));
