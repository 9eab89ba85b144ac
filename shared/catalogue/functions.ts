import type { PortMethod } from '../adapters/aws/permissions.ts';
import { DEFAULT_CELL } from '../domain/policy.ts';
import type { DoorOf, FunctionWithDoors } from './doors.ts';
import type { EnvironmentSetting } from './settings.ts';

/** One Lambda function. */
export interface FunctionSpec {
  readonly name: string;
  /**
   * Folder with `index.ts`, the entry point, and `handler.ts`, which exports `create`; relative to the
   * project's root.
   */
  readonly folder: string;
  readonly purpose: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: readonly EnvironmentSetting[];
  /** Whether the alert queue invokes it. */
  readonly fed?: true;
  /** Port methods that it calls. Its role has exactly the permissions that they need. */
  readonly uses: readonly PortMethod[];
}

const CELL = [
  'cell',
  'ledgerTable',
  'noticesTopic',
  'switchParameter',
] as const satisfies readonly EnvironmentSetting[];

/** Id of a function of a cell. */
export type FunctionId = 'onChange' | 'onGrant' | 'onSchedule' | 'onConfig' | 'onAlert' | 'onAction';

/**
 * The functions of a cell. 1,769 MB gives a function one full vCPU, which determines the time of a cold
 * start. No function has reserved concurrency by default, because new accounts have little of it and
 * concurrent invocations are safe.
 */
export const FUNCTIONS: Readonly<Record<FunctionId, FunctionSpec>> = {
  onChange: {
    name: 'on-change',
    folder: 'functions/on-change',
    purpose: 'Closes what a change has opened.',
    timeoutSeconds: 60,
    memoryMb: 1769,
    environment: [...CELL, 'grantFunction', 'eventBus'],
    uses: [
      'groups.fetchSnapshot',
      'groups.revoke',
      'ledger.reserve',
      'ledger.find',
      'ledger.entries',
      'ledger.settle',
      'ledger.stateOf',
      'budget.spend',
      'exemptions.active',
      'exemptions.put',
      'episodes.record',
      'episodes.of',
      'records.get',
      'records.begin',
      'records.change',
      'records.scheduleRecheck',
      'bursts.admit',
      'trail.findChange',
      'confirmations.add',
      'grantQueue.requestGrants',
      'notifier.publish',
      'notifier.notify',
      'account.alias',
      'findings.publish',
      'runtimeSwitch.ceiling',
    ],
  },
  onGrant: {
    name: 'on-grant',
    folder: 'functions/on-grant',
    purpose: 'Does what people ask, and grants what stands in for a rule that was closed; puts the canary.',
    // A migration changes network interfaces one by one, at EC2's limit of 5 calls a second.
    timeoutSeconds: 300,
    memoryMb: 1769,
    environment: [...CELL, 'changeFunction'],
    uses: [
      'groups.fetchSnapshot',
      'functions.list',
      'grants.authorize',
      'grants.createGroup',
      'grants.deleteGroup',
      'grants.attach',
      'vpcs.defaultVpcId',
      'ledger.find',
      'ledger.entries',
      'ledger.findById',
      'ledger.newest',
      'ledger.waiting',
      'ledger.recordAnswer',
      'ledger.recordGrant',
      'ledger.recordStep',
      'ledger.withOpenAnswer',
      'ledger.completeAnswer',
      'records.change',
      'exemptions.active',
      'exemptions.all',
      'exemptions.find',
      'exemptions.put',
      'budget.resume',
      'trail.findChange',
      'confirmations.add',
      'notifier.notify',
      'account.alias',
      'reevaluation.requestApproved',
      'reevaluation.requestEvaluation',
      'reevaluation.requestRevokeOfGrants',
      'callers.verify',
      'runtimeSwitch.ceiling',
    ],
  },
  onSchedule: {
    name: 'on-schedule',
    folder: 'functions/on-schedule',
    purpose:
      'Keeps the times: pending plans, exemptions that run out, what was left unfinished; sweeps for what no event told; has the canary put.',
    // A sweep of 10,000 groups of 20 rules takes 4.5 s of CPU time and 380 MB. A longer one continues in
    // another invocation.
    timeoutSeconds: 300,
    memoryMb: 1024,
    environment: [...CELL, 'changeFunction', 'grantFunction', 'regions'],
    uses: [
      'census.page',
      'networks.cidrs',
      'sweepQueue.continueSweep',
      'canaryQueue.requestMarker',
      'runtimeSwitch.ceiling',
      'ledger.entries',
      'ledger.withOpenAnswer',
      'ledger.waiting',
      'ledger.abandoned',
      'ledger.recordAnswer',
      'ledger.completeAnswer',
      'exemptions.all',
      'exemptions.find',
      'exemptions.put',
      'records.get',
      'records.begin',
      'records.change',
      'records.dueForRecheck',
      'records.completeRecheck',
      'bursts.finished',
      'bursts.remove',
      'notifier.notify',
      'account.alias',
      'reevaluation.requestApproved',
      'reevaluation.requestEvaluation',
      'reevaluation.requestReplay',
      'trail.findChange',
      'confirmations.pending',
      'confirmations.remove',
      'grantQueue.requestGrants',
    ],
  },
  onConfig: {
    name: 'on-config',
    folder: 'functions/on-config',
    purpose: 'Tells AWS Config which groups comply; only in cells with its rules.',
    // A scheduled rule evaluates every group of the region.
    timeoutSeconds: 300,
    memoryMb: 512,
    environment: ['cell', 'ledgerTable', 'noticesTopic', 'changeFunction'],
    uses: [
      'groups.fetchSnapshot',
      'functions.list',
      'compliance.put',
      'compliance.itemAt',
      'exemptions.active',
      'notifier.notify',
      'recorders.list',
      'reevaluation.requestEvaluation',
    ],
  },
  onAlert: {
    name: 'on-alert',
    folder: 'functions/on-alert',
    purpose: 'Tells people in Slack and PagerDuty; only in cells that are given the keys.',
    // Ten messages to one channel at one a second, and the pause that Slack requests after too many messages.
    timeoutSeconds: 90,
    memoryMb: 512,
    fed: true,
    environment: ['cell', 'ledgerTable', 'alertsSecret', 'slackApi', 'pagerDutyApi', 'undeliveredAlerts'],
    uses: [
      'secrets.read',
      'deliveries.claim',
      'deliveries.posted',
      'deliveries.delivered',
      'deliveries.release',
      'undelivered.take',
      'undelivered.done',
    ],
  },
  onAction: {
    name: 'on-action',
    folder: 'functions/on-action',
    purpose: 'Takes the buttons that people press; only in cells that are given the keys.',
    // Slack waits 3 s for the response. Another invocation carries out the action through on-grant, which may
    // take long.
    timeoutSeconds: 300,
    memoryMb: 1769,
    environment: ['cell', 'ledgerTable', 'grantFunction', 'actionFunction', 'alertsSecret', 'slackApi'],
    uses: [
      'secrets.read',
      'actions.record',
      'actions.find',
      'actions.claim',
      'actions.complete',
      'worker.later',
      'grant.obey',
    ],
  },
};

/** Settings and permissions that an option of the stack adds to a function. */
type Addition = Pick<FunctionSpec, 'environment' | 'uses'>;

/** What the functions that publish notices do besides, where the stack is asked for a topic of Amazon Q's. */
export const WITH_CHAT_TOPIC: Addition = { environment: ['chatTopic'], uses: ['notifier.chat'] };

/** If the cell has on-action: on-grant needs to know its role, and on-alert that messages have buttons. */
export const WITH_BUTTONS = {
  onGrant: { environment: ['actionRole'], uses: [] },
  onAlert: { environment: ['actionFunction'], uses: [] },
} as const satisfies Partial<Record<FunctionId, Addition>>;

/** For on-change, if the stack sends findings to AWS Security Hub. */
export const WITH_SECURITY_HUB: Addition = { environment: ['securityHub'], uses: ['findings.import'] };

/** Default name of the stack. */
export const STACK_NAME = DEFAULT_CELL;

/**
 * Name of a function in Lambda. It starts with the name of the stack, so that people and other functions know
 * it.
 */
export function functionName(id: FunctionId, stackName: string = STACK_NAME): string {
  return `${stackName}-${FUNCTIONS[id].name}`;
}

/** Name of a function with a door: `NAME:ALIAS`. */
export function doorName<Id extends FunctionWithDoors>(
  id: Id,
  door: DoorOf<Id>,
  stackName: string = STACK_NAME,
): string {
  return `${functionName(id, stackName)}:${door}`;
}
