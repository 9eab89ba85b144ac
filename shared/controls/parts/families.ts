/** Controls that are reported together: one rule of AWS Config stands for each family, since every evaluation costs money. */
export interface ControlFamily {
  /** What the rule of AWS Config says of itself. */
  readonly title: string;
  /** Ids of the controls. */
  readonly controls: readonly string[];
}

/**
 * Every control that judges a group as it stands, in one family each. Controls that judge a change alone (flapping, unmanaged-change) are in
 * none: AWS Config tells of states. Nor is the canary, whose marker is the cell's own.
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
export function configTriggers(schedule: ConfigSchedule | undefined): readonly RuleTrigger[] {
  const changes = CHANGES.map((messageType) => ({ eventSource: 'aws.config', messageType }) as const);
  if (schedule === undefined) return changes;
  const periodic = { messageType: 'ScheduledNotification', maximumExecutionFrequency: schedule } as const;
  return [...changes, { eventSource: 'aws.config', ...periodic }];
}

/** One rule for each family of controls, named after the stack: every evaluation costs money. */
export function configRules(stackName: string): readonly FamilyRule[] {
  return Object.entries(FAMILIES).map(([family, { title, controls }]) => ({
    family,
    name: `${stackName}-${family}`,
    description: `${title}: ${controls.join(', ')}.`,
  }));
}
