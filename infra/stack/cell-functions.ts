import type { Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type Alias, type FunctionUrl, FunctionUrlAuthType, type Function as Lambda } from 'aws-cdk-lib/aws-lambda';
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
import { acceptFindings } from './accepted-findings.ts';
import { aliasesOf, cellFunction } from './function.ts';
import type { ReservedConcurrency } from './options/parsers.ts';
import type { ButtonsMode } from './options/registry.ts';
import { arnsOf, type CellResources, policyStatements } from './permissions.ts';
import { deadLetterQueue } from './queues.ts';

/**
 * Where Slack sends the buttons that people press. Anybody can call it: what is not signed by Slack is refused by the function.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
 */
function actionUrl(onAction: Lambda): FunctionUrl {
  const url = onAction.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
  acceptFindings(url, {
    CKV_AWS_258:
      "Slack cannot sign requests for IAM: the function verifies Slack's own signature. The option buttons=private leaves the URL out.",
  });
  return url;
}

/** Makes the way in for presses of buttons, and returns the outputs that say where it is. */
export function actionEndpoint(
  onAction: Lambda | undefined,
  extent: ButtonsMode = 'url',
): Readonly<Record<string, string>> {
  if (onAction === undefined) return {};
  return extent === 'private' ? { ActionFunction: onAction.functionArn } : { ButtonsUrl: actionUrl(onAction).url };
}

/** A function of the cell, and the queue of what it gave up. */
export interface CellFunction {
  readonly spec: FunctionSpec;
  readonly lambda: Lambda;
  /** Its aliases; none where the catalogue has no doors for it. */
  readonly aliases: Partial<Readonly<Record<Door, Alias>>>;
  /** Absent where nothing calls it asynchronously. */
  readonly failureQueue: IQueue | undefined;
}

/** Functions that only some cells have. */
type OptionalFunction = 'onConfig' | 'onAlert' | 'onAction';

/** The functions of a cell; on-config only if AWS Config's rules are wanted, on-alert if there are keys of Slack or PagerDuty, on-action if there are buttons besides. */
export type CellFunctions = Readonly<Record<Exclude<FunctionId, OptionalFunction>, CellFunction>> &
  Partial<Readonly<Record<OptionalFunction, CellFunction>>>;

/** What the functions are made of, apart from the catalogue. */
export interface CellFunctionProps extends CellResources {
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
  readonly buttons: ButtonsMode;
  readonly reservedConcurrency: ReservedConcurrency;
}

/** Construct id of each function, and what its failure queue holds. */
const CONSTRUCT_IDS: Readonly<Record<FunctionId, { readonly id: string; readonly failures?: DeadLetterQueue }>> = {
  onChange: { id: 'OnChange', failures: 'FailedChanges' },
  onGrant: { id: 'OnGrant', failures: 'FailedGrants' },
  onSchedule: { id: 'OnSchedule', failures: 'FailedSchedules' },
  onConfig: { id: 'OnConfig', failures: 'FailedEvaluations' },
  // A queue feeds it, which has a queue of its own for what it gives up.
  onAlert: { id: 'OnAlert' },
  onAction: { id: 'OnAction', failures: 'FailedActions' },
};

/** Names of the functions in the account: several cells may share one, each by its stack's name. */
export function functionNamesOf({ stackName }: Stack): Readonly<Record<FunctionId, string>> {
  return {
    onChange: functionName('onChange', stackName),
    onGrant: functionName('onGrant', stackName),
    onSchedule: functionName('onSchedule', stackName),
    onConfig: functionName('onConfig', stackName),
    onAlert: functionName('onAlert', stackName),
    onAction: functionName('onAction', stackName),
  };
}

const ALIASES: Partial<Readonly<Record<FunctionId, Partial<Readonly<Record<Door, DoorSpec>>>>>> = DOORS;

/** Whether presses of buttons are handled, by on-action. */
function hasButtons({ alertsSecretArn, buttons }: CellFunctionProps): boolean {
  return alertsSecretArn !== undefined && buttons !== 'none';
}

/** What the cell's options add to a function. */
function optionalParts(
  id: FunctionId,
  parts: CellFunctionProps,
): readonly Pick<FunctionSpec, 'environment' | 'uses'>[] {
  return [
    ...(id === 'onChange' && parts.securityHub ? [WITH_SECURITY_HUB] : []),
    ...((id === 'onGrant' || id === 'onAlert') && hasButtons(parts) ? [WITH_BUTTONS[id]] : []),
    ...(parts.chat && FUNCTIONS[id].environment.includes('noticesTopic') ? [WITH_CHAT_TOPIC] : []),
  ];
}

/** A function as this cell wants it. */
function specOf(id: FunctionId, parts: CellFunctionProps): FunctionSpec {
  const [spec, more] = [FUNCTIONS[id], optionalParts(id, parts)];
  return {
    ...spec,
    environment: [...spec.environment, ...more.flatMap(({ environment }) => environment)],
    uses: [...spec.uses, ...more.flatMap(({ uses }) => uses)],
  };
}

/** What the functions are told of the cell, besides what one function is told of another. */
function settingsOf(stack: Stack, parts: CellFunctionProps): Readonly<Record<Exclude<Setting, 'actionRole'>, string>> {
  return {
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
  };
}

/** The functions of the catalogue, each with its role and its queue. */
export function cellFunctions(stack: Stack, parts: CellFunctionProps): CellFunctions {
  const { functionNames, key } = parts;
  const shared = arnsOf(stack, parts);
  const settings = settingsOf(stack, parts);
  const make = (name: FunctionId, actionRole = ''): CellFunction => {
    const [spec, { id, failures }] = [specOf(name, parts), CONSTRUCT_IDS[name]];
    const failed = failures && deadLetterQueue(stack, failures, key);
    const doors: Partial<Readonly<Record<Door, DoorSpec>>> = ALIASES[name] ?? {};
    const lambda = cellFunction(stack, id, spec, {
      functionName: functionNames[name],
      directory: parts.bundleOf(spec),
      settings: { ...settings, actionRole },
      failureQueue: failed,
      hasAliases: Object.keys(doors).length > 0,
      reservedConcurrency: parts.reservedConcurrency[name],
      key,
      allow: (logArn) =>
        policyStatements(
          spec,
          { ...shared, 'log-group': [logArn], 'failure-queue': failed === undefined ? [] : [failed.queueArn] },
          key && { arn: key.keyArn, region: stack.region },
        ),
    });
    return { spec, lambda, aliases: aliasesOf(stack, id, lambda, { doors, failures: failed }), failureQueue: failed };
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
