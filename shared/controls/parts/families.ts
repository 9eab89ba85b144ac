/** Controls that share one rule of AWS Config, because every evaluation costs money. */
export interface ControlFamily {
  /** Description of the AWS Config rule. */
  readonly title: string;
  /** Ids of the controls. */
  readonly controls: readonly string[];
}

/**
 * Every control that evaluates the state of a group is in exactly one family. Controls that evaluate a change
 * (flapping, unmanaged-change) are in no family because AWS Config reports states. The canary is in no family
 * either.
 */
export const FAMILIES = {
  admin: { title: 'No admin port is open to the world', controls: ['world-open-admin'] },
  database: { title: 'No database port is open to the world', controls: ['world-open-database'] },
  cache: { title: 'No cache or queue port is open to the world', controls: ['world-open-cache'] },
  world: {
    title: 'Nothing but what is public by design is open to the world',
    controls: ['world-open-everything', 'world-open-other', 'world-open-protocol', 'world-open-together'],
  },
  egress: { title: 'Not everything may go out to the world', controls: ['world-open-egress'] },
  'default-group': {
    title: 'Default groups are empty and unused',
    controls: ['default-group-rules', 'default-group-in-use'],
  },
  tiers: { title: 'Sources are no wider than the tiers need', controls: ['tier-source', 'wide-source'] },
  sprawl: {
    title: 'Groups are used, distinct and named by the scheme',
    controls: [
      'unused-group',
      'duplicate-group',
      'group-per-instance',
      'one-group-everywhere',
      'stale-reference',
      'naming',
    ],
  },
} as const satisfies Readonly<Record<string, ControlFamily>>;

/** The messages that AWS Config sends when a group changes. The first one includes deletions. */
const CHANGES = ['ConfigurationItemChangeNotification', 'OversizedConfigurationItemChangeNotification'] as const;

/**
 * How often AWS Config can have all groups evaluated in addition.
 *
 * @see https://docs.aws.amazon.com/config/latest/APIReference/API_SourceDetail.html
 */
export const CONFIG_SCHEDULES = ['One_Hour', 'Three_Hours', 'Six_Hours', 'Twelve_Hours', 'TwentyFour_Hours'] as const;

export type ConfigSchedule = (typeof CONFIG_SCHEDULES)[number];

/** When AWS Config invokes the function of a rule. */
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

/** The resource type of the rules. */
export const CONFIG_SCOPE = 'AWS::EC2::SecurityGroup';

/** The triggers of a rule: each change of a group, and all groups on a schedule if one is given. */
export function configTriggers(schedule: ConfigSchedule | undefined): readonly RuleTrigger[] {
  const changes = CHANGES.map((messageType) => ({ eventSource: 'aws.config', messageType }) as const);
  if (schedule === undefined) return changes;
  const periodic = { messageType: 'ScheduledNotification', maximumExecutionFrequency: schedule } as const;
  return [...changes, { eventSource: 'aws.config', ...periodic }];
}

/** One rule for each family of controls, named after the stack. */
export function configRules(stackName: string): readonly FamilyRule[] {
  return Object.entries(FAMILIES).map(([family, { title, controls }]) => ({
    family,
    name: `${stackName}-${family}`,
    description: `${title}: ${controls.join(', ')}.`,
  }));
}
