import type { Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type Alias, type FunctionUrl, FunctionUrlAuthType, type Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import {
  type DeadLetterQueue,
  DOORS,
  type Door,
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
import { type AliasSpecs, aliasesOf, cellFunction } from './function.ts';
import type { ReservedConcurrency } from './options/parsers.ts';
import type { ButtonsMode } from './options/registry.ts';
import { arnsOf, type CellResources, policyStatements } from './permissions.ts';
import { deadLetterQueue } from './queues.ts';

/**
 * The function URL that Slack calls when somebody presses a button. The URL is public; the function refuses
 * calls without Slack's signature.
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

/** Creates the endpoint for the actions of buttons, and returns the stack's outputs about it. */
export function actionEndpoint(
  onAction: Lambda | undefined,
  mode: ButtonsMode = 'url',
): Readonly<Record<string, string>> {
  if (onAction === undefined) return {};
  return mode === 'private' ? { ActionFunction: onAction.functionArn } : { ButtonsUrl: actionUrl(onAction).url };
}

/** A function of the cell, with its aliases and its failure queue. */
export interface CellFunction {
  readonly spec: FunctionSpec;
  readonly lambda: Lambda;
  /** Empty if the catalogue declares no aliases for the function. */
  readonly aliases: Partial<Readonly<Record<Door, Alias>>>;
  /** Absent if nothing invokes the function asynchronously. */
  readonly failureQueue: IQueue | undefined;
}

/** Functions that only some cells have. */
type OptionalFunction = 'onConfig' | 'onAlert' | 'onAction';

/**
 * The functions of a cell. A cell has on-config with the option `config`, on-alert with the option
 * `alertsSecretArn`, and on-action with `alertsSecretArn` unless `buttons` is `none`.
 */
export type CellFunctions = Readonly<Record<Exclude<FunctionId, OptionalFunction>, CellFunction>> &
  Partial<Readonly<Record<OptionalFunction, CellFunction>>>;

/** Everything that the functions need besides the catalogue. */
export interface CellFunctionProps extends CellResources {
  /** Folder of a function's bundle. */
  readonly bundleOf: (spec: FunctionSpec) => string;
  readonly key: IKey | undefined;
  /** Whether the cell has on-config. */
  readonly config: boolean;
  /** Whether findings go to AWS Security Hub. */
  readonly securityHub: boolean;
  readonly slackApi: string;
  readonly pagerDutyApi: string;
  /** How the actions of buttons reach the cell. Without `alertsSecretArn` the cell has no buttons. */
  readonly buttons: ButtonsMode;
  readonly reservedConcurrency: ReservedConcurrency;
}

/** Construct ids of each function and of its failure queue. */
const CONSTRUCT_IDS: Readonly<Record<FunctionId, { readonly id: string; readonly failures?: DeadLetterQueue }>> = {
  onChange: { id: 'OnChange', failures: 'FailedChanges' },
  onGrant: { id: 'OnGrant', failures: 'FailedGrants' },
  onSchedule: { id: 'OnSchedule', failures: 'FailedSchedules' },
  onConfig: { id: 'OnConfig', failures: 'FailedEvaluations' },
  // The alert queue invokes it, and has its own dead-letter queue.
  onAlert: { id: 'OnAlert' },
  onAction: { id: 'OnAction', failures: 'FailedActions' },
};

/** Names of the functions. They begin with the stack's name, because an account may have several cells. */
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

const ALIASES: Readonly<Partial<Record<FunctionId, AliasSpecs>>> = DOORS;

/** Whether the cell has on-action. */
function hasButtons({ alertsSecretArn, buttons }: CellFunctionProps): boolean {
  return alertsSecretArn !== undefined && buttons !== 'none';
}

/** Settings and port methods that the cell's options add to a function. */
function optionalAdditions(
  id: FunctionId,
  props: CellFunctionProps,
): readonly Pick<FunctionSpec, 'environment' | 'uses'>[] {
  return [
    ...(id === 'onChange' && props.securityHub ? [WITH_SECURITY_HUB] : []),
    ...((id === 'onGrant' || id === 'onAlert') && hasButtons(props) ? [WITH_BUTTONS[id]] : []),
    ...(props.chat && FUNCTIONS[id].environment.includes('noticesTopic') ? [WITH_CHAT_TOPIC] : []),
  ];
}

/** The catalogue's spec of a function, with the additions of the cell's options. */
function specOf(id: FunctionId, props: CellFunctionProps): FunctionSpec {
  const [spec, additions] = [FUNCTIONS[id], optionalAdditions(id, props)];
  return {
    ...spec,
    environment: [...spec.environment, ...additions.flatMap(({ environment }) => environment)],
    uses: [...spec.uses, ...additions.flatMap(({ uses }) => uses)],
  };
}

/** Values of the functions' environment variables. */
function settingsOf(stack: Stack, props: CellFunctionProps): Readonly<Record<Exclude<Setting, 'actionRole'>, string>> {
  return {
    cell: stack.stackName,
    ledgerTable: props.ledger.tableName,
    noticesTopic: props.notices.topicArn,
    switchParameter: props.switchParameter,
    changeFunction: doorName('onChange', 'requests', stack.stackName),
    grantFunction: doorName('onGrant', 'requests', stack.stackName),
    eventBus: props.eventBusArn,
    securityHub: 'on',
    chatTopic: props.chat?.topicArn ?? '',
    alertsSecret: props.alertsSecretArn ?? '',
    slackApi: props.slackApi,
    pagerDutyApi: props.pagerDutyApi,
    actionFunction: props.functionNames.onAction,
    undeliveredAlerts: props.undeliveredAlerts?.queueUrl ?? '',
    regions: props.regions.join(','),
  };
}

/** Creates the cell's functions, each with its role, aliases and failure queue. */
export function cellFunctions(stack: Stack, props: CellFunctionProps): CellFunctions {
  const { functionNames, key } = props;
  const shared = arnsOf(stack, props);
  const settings = settingsOf(stack, props);
  const create = (name: FunctionId, actionRole = ''): CellFunction => {
    const [spec, { id, failures }] = [specOf(name, props), CONSTRUCT_IDS[name]];
    const failureQueue = failures && deadLetterQueue(stack, failures, key);
    const aliasSpecs: AliasSpecs = ALIASES[name] ?? {};
    const lambda = cellFunction(stack, id, spec, {
      functionName: functionNames[name],
      directory: props.bundleOf(spec),
      settings: { ...settings, actionRole },
      failureQueue,
      hasAliases: Object.keys(aliasSpecs).length > 0,
      reservedConcurrency: props.reservedConcurrency[name],
      key,
      allow: (logArn) =>
        policyStatements(
          spec,
          { ...shared, 'log-group': [logArn], 'failure-queue': failureQueue ? [failureQueue.queueArn] : [] },
          key && { arn: key.keyArn, region: stack.region },
        ),
    });
    return { spec, lambda, aliases: aliasesOf(stack, id, lambda, { aliasSpecs, failureQueue }), failureQueue };
  };
  const onChange = create('onChange');
  const alert = props.alertsSecretArn !== undefined && { onAlert: create('onAlert') };
  const action = hasButtons(props) && { onAction: create('onAction') };
  const onGrant = create('onGrant', action ? action.onAction.lambda.role?.roleArn : undefined);
  return {
    onChange,
    onGrant,
    onSchedule: create('onSchedule'),
    ...(props.config && { onConfig: create('onConfig') }),
    ...alert,
    ...action,
  };
}
