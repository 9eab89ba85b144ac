import {
  CHAT_APIS,
  CONFIG_SCHEDULES,
  type ConfigSchedule,
  EVENT_PATTERNS,
  FUNCTIONS,
  STACK_NAME,
  switchParameter,
} from '../../../shared/catalogue.ts';
import { configQueries } from '../config-queries.ts';
import { forwarderNames } from '../forwarder/template.ts';
import {
  arn,
  boolean,
  choice,
  matching,
  type OptionParser,
  pagerDutyApi,
  region,
  regionList,
  reservedConcurrency,
  slackApi,
} from './parsers.ts';

/** An option of the stack: `-c NAME=TEXT`, or an entry of `context` in cdk.json. */
export interface Option<Value> {
  readonly parse: OptionParser<Value>;
  /** A valid text, for the documentation. */
  readonly example: string;
  /** What happens without the option. */
  readonly defaultText: string;
  /** What the option does, one paragraph of Markdown for docs/options.md. */
  readonly help: string;
}

/** Whether the cell has AWS Config rules, or only on-config for the rules of a conformance pack. */
export type ConfigMode = 'rules' | 'function';

/**
 * How actions of buttons reach the cell: by a function URL, by the customer's own front end, or not at all.
 */
export type ButtonsMode = 'url' | 'private' | 'none';

function option<Value>(parts: Option<Value>): Option<Value> {
  return parts;
}

const schedules: Readonly<Record<string, ConfigSchedule>> = Object.fromEntries(
  CONFIG_SCHEDULES.map((schedule) => [schedule, schedule]),
);

/**
 * The maximum length of the stack's name. Names of functions, saved queries and forwarder rules begin with it
 * and have at most 64 characters.
 */
const MAX_STACK_NAME_LENGTH =
  64 -
  Math.max(
    ...Object.values(FUNCTIONS).map(({ name }) => name.length + 1),
    ...configQueries('').map(({ name }) => name.length),
    ...Object.keys(EVENT_PATTERNS).map((pattern) => forwarderNames('').rule(pattern).length),
    forwarderNames('').alarmRule.length,
  );

/**
 * All options of the stack. Validation (`readOptions`), the properties of the stack and docs/options.md
 * derive from this table: to add an option, add an entry here and use it in the stack.
 */
export const OPTIONS = {
  stack: option({
    parse: matching(
      'letters, digits and hyphens that begin with a letter',
      /^[A-Za-z][A-Za-z0-9-]*$/,
      MAX_STACK_NAME_LENGTH,
    ),
    example: 'Portcullis-lab',
    defaultText: STACK_NAME,
    help: `The name of the stack, and of the cell: at most ${MAX_STACK_NAME_LENGTH} characters. The names of functions, metrics, the canary's group and the runtime switch begin with it, so several cells in one account do not share them. To use another cell on the command line, add \`--stack\`. If two cells guard the same region, list the roles of the other cell under \`otherCells\` of [flapping](controls.md#flapping) in each policy, and under \`roles\` of [unmanaged-change](controls.md#unmanaged-change) if that control is enabled. Otherwise each cell reports the removals of the other cell.`,
  }),
  homeRegion: option({
    parse: region,
    example: 'eu-west-1',
    defaultText: 'the region of the credentials that deploy',
    help: 'The region of the cell.',
  }),
  regions: option({
    parse: regionList,
    example: 'eu-west-1,us-east-1',
    defaultText: 'the home region alone',
    help: 'The regions that the cell guards. The home region is always one of them. Every other region gets a forwarder: a stack of EventBridge rules that send the events of this region to the home region. AWS charges them as custom events ($1 for a million). The forwarders are a CloudFormation StackSet: the next deployment deletes the forwarder of a region that is no longer listed, and only the home region has to be bootstrapped. Enable opt-in regions first.',
  }),
  email: option({
    parse: matching('a mail address', /^[^\s@,]+@[^\s@,]+$/, 320),
    example: 'you@example.com',
    defaultText: 'nobody',
    help: 'The recipient of notices and alarms by mail. AWS sends a mail to confirm the subscription.',
  }),
  alertsSecretArn: option({
    parse: arn('secretsmanager', /^secret:.+$/, 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:NAME'),
    example: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:portcullis-Ab1Cd2',
    defaultText: 'no chat channels and no buttons',
    help: 'The secret with the keys of Slack, webhooks and PagerDuty. With it, Portcullis notifies people there, and Slack messages have buttons. See [alerts](alerts.md).',
  }),
  buttons: option({
    parse: choice<ButtonsMode>({ url: 'url', private: 'private', none: 'none' }),
    example: 'private',
    defaultText: '`url` with `alertsSecretArn`',
    help: 'How buttons in Slack reach the cell. `url` creates a public function URL. `private` creates the function without a URL, for your own API Gateway or load balancer. `none` leaves the function out, and messages have no buttons. See [alerts](alerts.md#buttons-without-a-function-url). Needs `alertsSecretArn`.',
  }),
  slackApi: option({
    parse: slackApi,
    example: 'https://slack-gov.com/api',
    defaultText: CHAT_APIS.slack,
    help: "The https address of Slack's Web API: `https://slack-gov.com/api` for GovSlack, or your own proxy. Needs `alertsSecretArn`.",
  }),
  pagerDutyApi: option({
    parse: pagerDutyApi,
    example: 'https://events.eu.pagerduty.com',
    defaultText: CHAT_APIS.pagerDuty,
    help: 'The https address of PagerDuty\'s Events API v2: `https://events.eu.pagerduty.com` for the European service region, or your own proxy. The "Integration URL" that PagerDuty shows (`https://events.eu.pagerduty.com/v2/enqueue`) is accepted, too. Needs `alertsSecretArn`.',
  }),
  amazonQ: option({
    parse: boolean,
    example: 'true',
    defaultText: 'false',
    help: 'A second topic, for Amazon Q Developer in chat applications. See [alerts](alerts.md).',
  }),
  config: option<ConfigMode | false>({
    parse: choice<ConfigMode | false>({ true: 'rules', false: false, function: 'function' }),
    example: 'true',
    defaultText: 'false',
    help: '`true` adds AWS Config rules, which fill the compliance dashboard. `function` adds only the function that such rules invoke, for a conformance pack. Without a running recorder, the rules make the deployment fail, so run `portcullis preflight` first. AWS charges each evaluation. See [AWS Config](config.md).',
  }),
  configSchedule: option({
    parse: choice(schedules),
    example: 'TwentyFour_Hours',
    defaultText: 'rules evaluate a group when it changes',
    help: `How often the AWS Config rules also evaluate every group: ${CONFIG_SCHEDULES.join(', ')}. Needs \`config=true\`.`,
  }),
  securityHub: option({
    parse: boolean,
    example: 'true',
    defaultText: 'false',
    help: 'Imports findings into AWS Security Hub, which must be enabled in the home region. See [findings](findings.md).',
  }),
  eventBusArn: option({
    parse: arn('events', /^event-bus\/[\w./-]+$/, 'arn:aws:events:eu-west-1:111122223333:event-bus/NAME'),
    example: 'arn:aws:events:eu-west-1:111122223333:event-bus/security',
    defaultText: "the account's default bus, which is free of charge",
    help: "The event bus for Portcullis's own events. A custom bus costs $1 for a million events. See [findings](findings.md).",
  }),
  customerKeys: option({
    parse: boolean,
    example: 'true',
    defaultText: 'false',
    help: 'Creates a customer managed KMS key ($1 a month), which encrypts everything that the cell stores or sends.',
  }),
  permissionsBoundary: option({
    parse: matching(
      'the ARN of an IAM managed policy',
      /^arn:aws[a-z-]*:iam::(?:\d{12}|aws):policy\/[\w+=,.@/-]+$/,
      2048,
    ),
    example: 'arn:aws:iam::111122223333:policy/boundary',
    defaultText: 'none',
    help: 'A managed policy that becomes the permissions boundary of every role of the cell. The boundary has to allow the permissions of the roles: see [Permissions](../README.md#permissions).',
  }),
  reservedConcurrency: option({
    parse: reservedConcurrency,
    example: 'on-change:20,on-grant:5',
    defaultText: 'none',
    help: `The number of concurrent executions that Lambda reserves for a function, which is also the maximum for the function. Functions: ${Object.values(
      FUNCTIONS,
    )
      .map(({ name }) => `\`${name}\``)
      .join(
        ', ',
      )}. AWS keeps 100 of the account's limit unreserved, and refuses a deployment that reserves more than the rest. A new account may have a limit of 10.`,
  }),
  switchParameter: option({
    parse: matching('a parameter name that begins with /', /^\/(?!aws|ssm)[\w./-]*[\w.-]$/i, 1011),
    example: '/security/portcullis',
    defaultText: `\`${switchParameter('STACK')}\``,
    help: 'The name of the Systems Manager parameter that holds the runtime switch. Give the same name to `portcullis break-glass --parameter`.',
  }),
} as const satisfies Readonly<Record<string, Option<unknown>>>;

type ValueOf<Entry> = Entry extends Option<infer Value> ? Value : never;

/** The name of an option. */
export type OptionName = keyof typeof OPTIONS;

/** The options that were given, by name. */
export type StackOptions = { readonly [Name in OptionName]?: ValueOf<(typeof OPTIONS)[Name]> };
