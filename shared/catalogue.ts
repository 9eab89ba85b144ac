import type { PortMethod } from './aws/permissions.ts';
import { CONTROLS } from './controls/registry.ts';
import type { CanaryRequest } from './model/canary.ts';
import type { Trigger } from './model/change.ts';
import { EXEMPT_REASON_TAG, EXEMPT_UNTIL_TAG } from './model/exemption-tags.ts';
import type { SweepRequest } from './model/sweep.ts';
import { SERVICE_CALLS } from './readers/cloudtrail-calls.ts';

export { LEDGER_TABLE } from './aws/ledger-table.ts';
export {
  type Conditions,
  type Grant,
  PERMISSIONS,
  type PortMethod,
  type Resource,
  RUNTIME_PERMISSIONS,
} from './aws/permissions.ts';
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

/**
 * The canary: how often a marker is put, what on-schedule is told then, and from what age on one is late. CloudTrail's events mostly come
 * within 20 seconds, sometimes after minutes.
 */
export const CANARY = { everyMinutes: 30, request: { do: 'canary' }, lateMs: 300_000 } as const satisfies {
  readonly everyMinutes: number;
  readonly request: CanaryRequest;
  readonly lateMs: number;
};

/** The functions of a cell. */
export type FunctionId = 'onChange' | 'onGrant' | 'onSchedule' | 'onConfig';

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
      'handover.follow',
      'notices.publish',
      'notices.announce',
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
      'reexamine.release',
      'reexamine.look',
      'reexamine.takeBack',
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
      'notices.announce',
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
};

/** What on-change does besides, where the stack is asked to send findings to AWS Security Hub. */
export const WITH_SECURITY_HUB = {
  environment: ['securityHub'],
  uses: ['findings.import'],
} as const satisfies Pick<FunctionSpec, 'environment' | 'uses'>;

/** Name of the stack, unless it is given another. */
export const STACK_NAME = 'Portcullis';

/** What Lambda calls a function of a cell: after its stack, so that people and other functions can name it. */
export const functionName = (id: FunctionId, stackName: string = STACK_NAME): string =>
  `${stackName}-${FUNCTIONS[id].name}`;
