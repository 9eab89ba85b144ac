import type { PortMethod } from './aws/permissions.ts';
import { CANARY_LATE_MS, type CanaryRequest } from './model/canary.ts';
import type { DeadLetterKind } from './model/dead-letter.ts';
import type { SweepRequest } from './model/sweep.ts';

export { LEDGER_TABLE } from './aws/ledger-table.ts';
export {
  type Conditions,
  FED_PERMISSIONS,
  type Grant,
  PERMISSIONS,
  type Resource,
  RUNTIME_PERMISSIONS,
} from './aws/permissions.ts';
export { EVENT_PATTERNS } from './catalogue/event-patterns.ts';
export {
  CONFIG_SCHEDULES,
  CONFIG_SCOPE,
  type ConfigSchedule,
  configRules,
  configTriggers,
  type FamilyRule,
} from './controls/config-rules.ts';
export { FAMILIES } from './controls/families.ts';
export { CONTROLS } from './controls/registry.ts';

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

/** When on-config looks whether AWS Config records groups (UTC), and what it is told. */
export const RECORDER_CHECK = { cron: 'cron(41 6 * * ? *)', request: { do: 'check-recorder' } } as const;

/** The canary: how often a marker is put, what on-schedule is told then, and from what age on one is late. */
export const CANARY = { everyMinutes: 30, request: { do: 'canary' }, lateMs: CANARY_LATE_MS } as const satisfies {
  readonly everyMinutes: number;
  readonly request: CanaryRequest;
  readonly lateMs: number;
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
      'ledger.noteProgress',
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
    purpose: 'Does what people ask, and grants what stands in for a rule that was closed; puts the canary.',
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
      'vpcs.home',
      'ledger.find',
      'ledger.entries',
      'register.byId',
      'register.newest',
      'register.waiting',
      'register.answer',
      'register.noteFollowUp',
      'ledger.noteProgress',
      'register.answered',
      'register.noteCarried',
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
      'Keeps the times: pending plans, exemptions that run out, what was left unfinished; sweeps for what no event told; has the canary put.',
    // A sweep of 10,000 groups of 20 rules takes 4.5 s of processor time and 380 MB; what is too much goes on in another invocation.
    timeoutSeconds: 300,
    memoryMb: 1024,
    environment: [...CELL, 'changeFunction', 'grantFunction', 'regions'],
    uses: [
      'census.page',
      'networks.cidrs',
      'relay.goOn',
      'canaries.put',
      'switch.ceiling',
      'ledger.entries',
      'register.answered',
      'register.waiting',
      'register.abandoned',
      'register.answer',
      'register.noteCarried',
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
    environment: ['ledgerTable', 'noticesTopic', 'changeFunction'],
    uses: [
      'groups.look',
      'functions.list',
      'compliance.put',
      'compliance.itemAt',
      'exemptions.live',
      'notices.announce',
      'recorders.list',
      'reexamine.look',
    ],
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
      'worker.later',
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

/** Queues of what found no way, by their ids in the stack: what lies in each, and the functions that it may be for. */
export const DEAD_LETTERS = {
  UndeliveredEvents: { kind: 'event', of: ['onChange', 'onSchedule', 'onConfig'] },
  FailedChanges: { kind: 'invocation', of: ['onChange'] },
  FailedGrants: { kind: 'invocation', of: ['onGrant'] },
  FailedSchedules: { kind: 'invocation', of: ['onSchedule'] },
  FailedEvaluations: { kind: 'invocation', of: ['onConfig'] },
  FailedActions: { kind: 'invocation', of: ['onAction'] },
  UndeliveredAlerts: { kind: 'alert', of: [] },
} as const satisfies Readonly<Record<string, { readonly kind: DeadLetterKind; readonly of: readonly FunctionId[] }>>;

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
