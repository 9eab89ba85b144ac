import type { PortMethod } from './aws/permissions.ts';
import { CONTROLS } from './controls/registry.ts';
import type { Trigger } from './model/change.ts';
import type { DeadLetterKind } from './model/dead-letter.ts';
import { EXEMPT_REASON_TAG, EXEMPT_UNTIL_TAG } from './model/exemption-tags.ts';
import type { SweepRequest } from './model/sweep.ts';
import { SERVICE_CALLS } from './readers/cloudtrail-calls.ts';

export { LEDGER_TABLE } from './aws/ledger-table.ts';
export {
  type Conditions,
  FED_PERMISSIONS,
  type Grant,
  PERMISSIONS,
  type PortMethod,
  type Resource,
  RUNTIME_PERMISSIONS,
} from './aws/permissions.ts';
export { FAMILIES } from './controls/families.ts';
export { CONTROLS } from './controls/registry.ts';

/**
 * An EventBridge pattern over CloudTrail's records of API calls.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export type EventPattern = {
  readonly source: readonly string[];
  readonly 'detail-type': readonly string[];
  readonly detail: {
    readonly eventSource: readonly string[];
    readonly eventName: readonly string[];
    readonly errorCode: readonly [{ readonly exists: false }];
    readonly requestParameters?: Readonly<Record<string, unknown>>;
  };
};

const watched = new Set(CONTROLS.flatMap((control) => control.on));

/** `ec2.amazonaws.com` sends its events as `aws.ec2`; EventBridge wants a rule's source named. */
const shortName = (service: string): string => service.replace('.amazonaws.com', '');

const patternFor = (service: string, calls: readonly string[]): EventPattern => ({
  source: [`aws.${shortName(service)}`],
  'detail-type': ['AWS API Call via CloudTrail'],
  detail: { eventSource: [service], eventName: calls, errorCode: [{ exists: false }] },
});

const watchedCalls = (calls: Readonly<Record<string, Trigger>>): readonly string[] =>
  Object.entries(calls).flatMap(([call, trigger]) => (watched.has(trigger) && trigger !== 'tagged' ? [call] : []));

const EC2 = 'ec2.amazonaws.com' satisfies keyof typeof SERVICE_CALLS;

/** A call that tags groups or rules, by the keys of the tags. In a list of objects EventBridge looks at each. */
const tagPattern = (
  calls: readonly (keyof (typeof SERVICE_CALLS)[typeof EC2])[],
  key: readonly unknown[],
): EventPattern => {
  const pattern = patternFor(EC2, calls);
  const requestParameters = {
    resourcesSet: { items: { resourceId: [{ prefix: 'sg-' }, { prefix: 'sgr-' }] } },
    tagSet: { items: { key } },
  };
  return { ...pattern, detail: { ...pattern.detail, requestParameters } };
};

/** Tags are changed all the time: only exemption tags are of interest, and DeleteTags without tags, which deletes all. */
const TAG_PATTERNS: Readonly<Record<string, EventPattern>> = {
  'ec2-exemption-tags': tagPattern(['CreateTags', 'DeleteTags'], [EXEMPT_UNTIL_TAG, EXEMPT_REASON_TAG]),
  'ec2-all-tags-deleted': tagPattern(['DeleteTags'], [{ exists: false }]),
};

/**
 * The events that bring a change to the function, by rule name, one for each service: calls whose trigger some control names. Failed
 * calls changed nothing and are left out. Nothing is asked about the caller: users and root have no session issuer, and own changes
 * are told by the ledger.
 */
export const EVENT_PATTERNS: Readonly<Record<string, EventPattern>> = {
  ...Object.fromEntries(
    Object.entries(SERVICE_CALLS).flatMap(([service, table]) => {
      const calls = watchedCalls(table);
      return calls.length === 0 ? [] : [[`${shortName(service)}-changes`, patternFor(service, calls)]];
    }),
  ),
  ...TAG_PATTERNS,
};

/** Environment variables that the functions read and the stack sets. */
export const ENVIRONMENT = {
  ledgerTable: 'LEDGER_TABLE',
  noticesTopic: 'NOTICES_TOPIC_ARN',
  switchParameter: 'SWITCH_PARAMETER',
  changeFunction: 'CHANGE_FUNCTION',
  grantFunction: 'GRANT_FUNCTION',
  /** Name or ARN of the bus that our own events are put on; none where it is not set. */
  eventBus: 'EVENT_BUS',
  /** Set: findings are imported into AWS Security Hub. */
  securityHub: 'SECURITY_HUB',
  /** Of the groups that the sweep reads, with commas between. */
  regions: 'REGIONS',
  /** Topic of Amazon Q Developer in chat applications; none where it is not set. */
  chatTopic: 'CHAT_TOPIC_ARN',
  /** Secret with the keys of Slack and PagerDuty. */
  alertsSecret: 'ALERTS_SECRET_ARN',
  slackApi: 'SLACK_API_URL',
  pagerDutyApi: 'PAGERDUTY_API_URL',
  /** on-action itself, which works on in another invocation. */
  actionFunction: 'ACTION_FUNCTION',
  /** ARN of on-action's role: whose word on-grant takes for who pressed a button; nobody's where it is not set. */
  actionRole: 'ACTION_ROLE_ARN',
} as const;

/** What a function is told about its cell. */
export type Setting = keyof typeof ENVIRONMENT;

/** Name of the runtime switch's parameter, unless the stack is given another. */
export const SWITCH_PARAMETER = '/portcullis/switch';

/** Namespace of the metrics, and the service by whose name logs and metrics are told apart. */
export const TELEMETRY = { namespace: 'Portcullis', service: 'portcullis' } as const;

/** One Lambda function. */
export interface FunctionSpec {
  readonly name: string;
  /** Entry point, from the project's root. */
  readonly entry: string;
  readonly purpose: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: readonly Setting[];
  /** Whether the alert queue feeds it. */
  readonly fed?: true;
  /** Port methods that it calls: its role is granted what they need and nothing else. */
  readonly uses: readonly PortMethod[];
}

const CELL = ['ledgerTable', 'noticesTopic', 'switchParameter'] as const satisfies readonly Setting[];

/** How often on-schedule runs, minutes. */
export const SCHEDULE_MINUTES = 5;

/** When the regions are swept, as EventBridge writes it (UTC), and what on-schedule is told: every six hours, once a day with the digest. */
export const SWEEPS: Readonly<Record<string, { readonly cron: string; readonly request: SweepRequest }>> = {
  Sweep: { cron: 'cron(17 0,12,18 * * ? *)', request: { do: 'sweep', digest: false } },
  SweepWithDigest: { cron: 'cron(17 6 * * ? *)', request: { do: 'sweep', digest: true } },
};

/** The functions of a cell. */
export type FunctionId = 'onChange' | 'onGrant' | 'onSchedule' | 'onConfig' | 'onAlert' | 'onAction';

/**
 * The functions of a cell. 1,769 MB is one whole vCPU: what a cold start costs is processor time. None has concurrency reserved: new
 * accounts have too little for that, and two invocations of any of them at once do no harm.
 */
export const FUNCTIONS: Readonly<Record<FunctionId, FunctionSpec>> = {
  onChange: {
    name: 'on-change',
    entry: 'functions/on-change.ts',
    purpose: 'Closes what a change has opened.',
    timeoutSeconds: 60,
    memoryMb: 1769,
    environment: [...CELL, 'grantFunction', 'eventBus'],
    uses: [
      'groups.look',
      'groups.revoke',
      'ledger.reserve',
      'ledger.find',
      'ledger.settle',
      'ledger.entries',
      'ledger.unsettled',
      'budget.take',
      'exemptions.live',
      'exemptions.put',
      'episodes.record',
      'episodes.of',
      'storms.admit',
      'handover.follow',
      'notices.publish',
      'notices.announce',
      'account.alias',
      'findings.publish',
      'switch.ceiling',
    ],
  },
  onGrant: {
    name: 'on-grant',
    entry: 'functions/on-grant.ts',
    purpose: 'Does what people ask, and grants what stands in for a rule that was closed.',
    // A migration moves interfaces one by one, at the 5 calls a second that EC2 allows.
    timeoutSeconds: 300,
    memoryMb: 1769,
    environment: [...CELL, 'changeFunction'],
    uses: [
      'groups.look',
      'functions.list',
      'grants.authorize',
      'grants.createGroup',
      'grants.deleteGroup',
      'grants.attach',
      'ledger.find',
      'ledger.entries',
      'register.byId',
      'register.newest',
      'register.waiting',
      'register.answer',
      'register.noteFollowUp',
      'register.noteProgress',
      'exemptions.live',
      'exemptions.all',
      'exemptions.find',
      'exemptions.put',
      'budget.resume',
      'notices.announce',
      'account.alias',
      'reexamine.release',
      'reexamine.look',
      'reexamine.takeBack',
      'callers.prove',
      'switch.ceiling',
    ],
  },
  onSchedule: {
    name: 'on-schedule',
    entry: 'functions/on-schedule.ts',
    purpose:
      'Keeps the times: pending plans, exemptions that run out, what was left unfinished; sweeps for what no event told.',
    // A sweep of 10,000 groups of 20 rules takes 4.5 s of processor time and 380 MB; what is too much goes on in another invocation.
    timeoutSeconds: 300,
    memoryMb: 1024,
    environment: [...CELL, 'changeFunction', 'regions'],
    uses: [
      'census.page',
      'relay.goOn',
      'switch.ceiling',
      'ledger.entries',
      'register.newest',
      'register.waiting',
      'register.abandoned',
      'register.answer',
      'register.noteProgress',
      'exemptions.all',
      'exemptions.find',
      'exemptions.put',
      'storms.over',
      'storms.told',
      'notices.announce',
      'account.alias',
      'reexamine.release',
      'reexamine.look',
    ],
  },
  onConfig: {
    name: 'on-config',
    entry: 'functions/on-config.ts',
    purpose: 'Tells AWS Config which groups comply; only in cells with its rules.',
    // A scheduled rule goes over every group of the region.
    timeoutSeconds: 300,
    memoryMb: 512,
    environment: ['ledgerTable', 'changeFunction'],
    uses: ['groups.look', 'functions.list', 'compliance.put', 'compliance.itemAt', 'exemptions.live', 'reexamine.look'],
  },
  onAlert: {
    name: 'on-alert',
    entry: 'functions/on-alert.ts',
    purpose: 'Tells people in Slack and PagerDuty; only in cells that are given the keys.',
    // Ten messages to one channel, one a second, and the time that Slack asks for when it has had too many.
    timeoutSeconds: 90,
    memoryMb: 512,
    fed: true,
    environment: ['ledgerTable', 'alertsSecret', 'slackApi', 'pagerDutyApi'],
    uses: ['keys.read', 'deliveries.claim', 'deliveries.posted', 'deliveries.delivered', 'deliveries.release'],
  },
  onAction: {
    name: 'on-action',
    entry: 'functions/on-action.ts',
    purpose: 'Takes the buttons that people press; only in cells that are given the keys.',
    // Slack waits 3 s for the first answer; what it asks for is carried out in another invocation, by on-grant, as long as that may take.
    timeoutSeconds: 300,
    memoryMb: 1769,
    environment: ['ledgerTable', 'grantFunction', 'actionFunction', 'alertsSecret', 'slackApi'],
    uses: [
      'keys.read',
      'presses.record',
      'presses.find',
      'presses.claim',
      'presses.ended',
      'presses.later',
      'grant.obey',
    ],
  },
};

/** Where Slack and PagerDuty are called, unless the stack is given others: GovSlack and PagerDuty's European region have their own. */
export const CHAT_APIS = { slack: 'https://slack.com/api', pagerDuty: 'https://events.pagerduty.com' } as const;

/**
 * How the alert queue, by its id in the stack, feeds on-alert: messages a batch, and how often one is tried before it is given up. At 3 messages of 10 refused, 1
 * of 170,000 is given up.
 */
export const ALERT_QUEUE = { id: 'Alerts', batch: 10, receives: 10 } as const;

/** Queues of what found no way, by their ids in the stack, and what lies in each. */
export const DEAD_LETTERS = {
  UndeliveredEvents: 'event',
  FailedChanges: 'invocation',
  FailedGrants: 'invocation',
  FailedSchedules: 'invocation',
  FailedEvaluations: 'invocation',
  FailedActions: 'invocation',
  UndeliveredAlerts: 'alert',
} as const satisfies Readonly<Record<string, DeadLetterKind>>;

/** Id of such a queue. */
export type DeadLetterQueue = keyof typeof DEAD_LETTERS;

/** What an option of the stack adds to a function. */
type Addition = Pick<FunctionSpec, 'environment' | 'uses'>;

/** What the functions that publish notices do besides, where the stack is asked for a topic of Amazon Q's. */
export const WITH_CHAT_TOPIC: Addition = { environment: ['chatTopic'], uses: ['notices.chat'] };

/** What on-grant is told besides, where there are buttons. */
export const WITH_BUTTONS: Addition = { environment: ['actionRole'], uses: [] };

/** What on-change does besides, where the stack is asked to send findings to AWS Security Hub. */
export const WITH_SECURITY_HUB: Addition = { environment: ['securityHub'], uses: ['findings.import'] };

/** Name of the stack, unless it is given another. */
export const STACK_NAME = 'Portcullis';

/** What Lambda calls a function of a cell: after its stack, so that people and other functions can name it. */
export const functionName = (id: FunctionId, stackName: string = STACK_NAME): string =>
  `${stackName}-${FUNCTIONS[id].name}`;
