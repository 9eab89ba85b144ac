import type { Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Alias, Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import {
  type DeadLetterQueue,
  DOORS,
  type Door,
  type DoorSpec,
  doorName,
  FUNCTIONS,
  type FunctionId,
  type FunctionSpec,
  functionName,
  type Setting,
  WITH_BUTTONS,
  WITH_CHAT_TOPIC,
  WITH_SECURITY_HUB,
} from '../../shared/catalogue.ts';
import { arnsOf, type CellResources } from './arns.ts';
import { doorsOf } from './doors.ts';
import { cellFunction } from './function.ts';
import { statementsFor } from './grants.ts';
import type { ButtonsExtent } from './options/registry.ts';
import type { ReservedConcurrency } from './options/reserved-concurrency.ts';
import { lostEvents } from './queue.ts';

/** A function of the cell, and the queue of what it gave up. */
export interface CellFunction {
  readonly spec: FunctionSpec;
  readonly lambda: Lambda;
  /** Its aliases; none where the catalogue has no doors for it. */
  readonly doors: Partial<Readonly<Record<Door, Alias>>>;
  /** Absent where nothing calls it asynchronously. */
  readonly failed: IQueue | undefined;
}

/** Functions that only some cells have. */
type OptionalFunction = 'onConfig' | 'onAlert' | 'onAction';

/** The functions of a cell; on-config only if AWS Config's rules are wanted, on-alert if there are keys of Slack or PagerDuty, on-action if there are buttons besides. */
export type CellFunctions = Readonly<Record<Exclude<FunctionId, OptionalFunction>, CellFunction>> &
  Partial<Readonly<Record<OptionalFunction, CellFunction>>>;

/** What the functions are made of, apart from the catalogue. */
export interface CellParts extends CellResources {
  /** Folder of a function's bundle. */
  readonly bundleOf: (spec: FunctionSpec) => string;
  readonly key: IKey | undefined;
  /** Whether AWS Config's rules are wanted. */
  readonly config: boolean;
  /** Whether findings go to AWS Security Hub. */
  readonly securityHub: boolean;
  readonly slackApi: string;
  readonly pagerDutyApi: string;
  /** How presses of buttons reach the cell, if there is a secret with the keys of Slack. */
  readonly buttons: ButtonsExtent;
  readonly reservedConcurrency: ReservedConcurrency;
}

/** Construct id of each function, and what its failure queue holds. */
const IDS: Readonly<Record<FunctionId, { readonly id: string; readonly failures?: DeadLetterQueue }>> = {
  onChange: { id: 'OnChange', failures: 'FailedChanges' },
  onGrant: { id: 'OnGrant', failures: 'FailedGrants' },
  onSchedule: { id: 'OnSchedule', failures: 'FailedSchedules' },
  onConfig: { id: 'OnConfig', failures: 'FailedEvaluations' },
  // A queue feeds it, which has a queue of its own for what it gives up.
  onAlert: { id: 'OnAlert' },
  onAction: { id: 'OnAction', failures: 'FailedActions' },
};

/** Names of the functions in the account: several cells may share one, each by its stack's name. */
export const functionNamesIn = ({ stackName }: Stack): Readonly<Record<FunctionId, string>> => ({
  onChange: functionName('onChange', stackName),
  onGrant: functionName('onGrant', stackName),
  onSchedule: functionName('onSchedule', stackName),
  onConfig: functionName('onConfig', stackName),
  onAlert: functionName('onAlert', stackName),
  onAction: functionName('onAction', stackName),
});

const ALL_DOORS: Partial<Readonly<Record<FunctionId, Partial<Readonly<Record<Door, DoorSpec>>>>>> = DOORS;

/** Whether presses of buttons are handled, by on-action. */
const hasButtons = ({ alertsSecretArn, buttons }: CellParts): boolean =>
  alertsSecretArn !== undefined && buttons !== 'none';

/** What the cell's options add to a function. */
const additionsTo = (id: FunctionId, parts: CellParts): readonly Pick<FunctionSpec, 'environment' | 'uses'>[] => [
  ...(id === 'onChange' && parts.securityHub ? [WITH_SECURITY_HUB] : []),
  ...((id === 'onGrant' || id === 'onAlert') && hasButtons(parts) ? [WITH_BUTTONS[id]] : []),
  ...(parts.chat && FUNCTIONS[id].environment.includes('noticesTopic') ? [WITH_CHAT_TOPIC] : []),
];

/** A function as this cell wants it. */
const specOf = (id: FunctionId, parts: CellParts): FunctionSpec => {
  const [spec, more] = [FUNCTIONS[id], additionsTo(id, parts)];
  return {
    ...spec,
    environment: [...spec.environment, ...more.flatMap(({ environment }) => environment)],
    uses: [...spec.uses, ...more.flatMap(({ uses }) => uses)],
  };
};

/** What the functions are told of the cell, besides what one function is told of another. */
const settingsOf = (stack: Stack, parts: CellParts): Readonly<Record<Exclude<Setting, 'actionRole'>, string>> => ({
  cell: stack.stackName,
  ledgerTable: parts.ledger.tableName,
  noticesTopic: parts.notices.topicArn,
  switchParameter: parts.switchParameter,
  changeFunction: doorName('onChange', 'requests', stack.stackName),
  grantFunction: doorName('onGrant', 'requests', stack.stackName),
  eventBus: parts.eventBusArn,
  securityHub: 'on',
  chatTopic: parts.chat?.topicArn ?? '',
  alertsSecret: parts.alertsSecretArn ?? '',
  slackApi: parts.slackApi,
  pagerDutyApi: parts.pagerDutyApi,
  actionFunction: parts.functionNames.onAction,
  undeliveredAlerts: parts.undeliveredAlerts?.queueUrl ?? '',
  regions: parts.regions.join(','),
});

/** The functions of the catalogue, each with its role and its queue. */
export function cellFunctions(stack: Stack, parts: CellParts): CellFunctions {
  const { functionNames, key } = parts;
  const shared = arnsOf(stack, parts);
  const settings = settingsOf(stack, parts);
  const make = (name: FunctionId, actionRole = ''): CellFunction => {
    const [spec, { id, failures }] = [specOf(name, parts), IDS[name]];
    const failed = failures && lostEvents(stack, failures, key);
    const doors: Partial<Readonly<Record<Door, DoorSpec>>> = ALL_DOORS[name] ?? {};
    const lambda = cellFunction(stack, id, spec, {
      functionName: functionNames[name],
      directory: parts.bundleOf(spec),
      settings: { ...settings, actionRole },
      failures: failed,
      hasDoors: Object.keys(doors).length > 0,
      reservedConcurrency: parts.reservedConcurrency[name],
      key,
      allow: (logArn) =>
        statementsFor(
          spec,
          { ...shared, 'log-group': [logArn], 'failure-queue': failed === undefined ? [] : [failed.queueArn] },
          key && { arn: key.keyArn, region: stack.region },
        ),
    });
    return { spec, lambda, doors: doorsOf(stack, id, lambda, { doors, failures: failed }), failed };
  };
  const onChange = make('onChange');
  const chat = parts.alertsSecretArn !== undefined && { onAlert: make('onAlert') };
  const buttons = hasButtons(parts) && { onAction: make('onAction') };
  const onGrant = make('onGrant', buttons ? buttons.onAction.lambda.role?.roleArn : undefined);
  return {
    onChange,
    onGrant,
    onSchedule: make('onSchedule'),
    ...(parts.config && { onConfig: make('onConfig') }),
    ...chat,
    ...buttons,
  };
}
