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
      'groups.look',
      'groups.revoke',
      'ledger.reserve',
      'ledger.find',
      'ledger.entries',
      'ledger.settle',
      'ledger.unsettled',
      'budget.take',
      'exemptions.live',
      'exemptions.put',
      'episodes.record',
      'episodes.of',
      'records.of',
      'records.begin',
      'records.change',
      'records.lookAgain',
      'storms.admit',
      'trail.changeOf',
      'confirmations.wait',
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
    folder: 'functions/on-grant',
    purpose: 'Does what people ask, and grants what stands in for a rule that was closed; puts the canary.',
    // A migration changes network interfaces one by one, at EC2's limit of 5 calls a second.
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
      'records.change',
      'exemptions.live',
      'exemptions.all',
      'exemptions.find',
      'exemptions.put',
      'budget.resume',
      'trail.changeOf',
      'confirmations.wait',
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
      'records.of',
      'records.begin',
      'records.change',
      'records.due',
      'records.lookedAt',
      'storms.over',
      'storms.told',
      'notices.announce',
      'account.alias',
      'reexamine.release',
      'reexamine.look',
      'reexamine.replay',
      'trail.changeOf',
      'confirmations.waiting',
      'confirmations.done',
      'handover.follow',
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
    folder: 'functions/on-alert',
    purpose: 'Tells people in Slack and PagerDuty; only in cells that are given the keys.',
    // Ten messages to one channel at one a second, and the pause that Slack requests after too many messages.
    timeoutSeconds: 90,
    memoryMb: 512,
    fed: true,
    environment: ['cell', 'ledgerTable', 'alertsSecret', 'slackApi', 'pagerDutyApi', 'undeliveredAlerts'],
    uses: [
      'keys.read',
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

/** Settings and permissions that an option of the stack adds to a function. */
type Addition = Pick<FunctionSpec, 'environment' | 'uses'>;

/** For the functions that notify people, if the stack has a topic for Amazon Q. */
export const WITH_CHAT_TOPIC: Addition = { environment: ['chatTopic'], uses: ['notices.chat'] };

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
