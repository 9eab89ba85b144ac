import { ArnFormat, type Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import {
  type Conditions,
  doorName,
  FED_PERMISSIONS,
  type FunctionId,
  type FunctionSpec,
  type Grant,
  LEDGER_TABLE,
  PERMISSIONS,
  type Resource,
  RUNTIME_PERMISSIONS,
} from '../../shared/catalogue.ts';

/** ARNs of each kind of resource in this cell. */
type Arns = Readonly<Record<Resource, readonly string[]>>;

/** The customer's key, and the region in which the services use it. */
export interface CustomerKey {
  readonly arn: string;
  readonly region: string;
}

function statement(actions: Iterable<string>, resources: readonly string[], when?: Conditions): PolicyStatement {
  return new PolicyStatement({
    effect: Effect.ALLOW,
    actions: [...new Set(actions)].toSorted(),
    resources: [...resources],
    ...(when && { conditions: when }),
  });
}

/** Grants of one group become one statement. */
function statementKey({ on, when }: Grant): string {
  return JSON.stringify([on, when]);
}

/** The service whose actions a grant allows: `dynamodb` of `dynamodb:PutItem`. */
function serviceOf({ actions }: Grant): string {
  return actions[0]?.split(':')[0] ?? '';
}

/**
 * Lets a role use the key through the services that need it, and never by a call of its own to KMS. The last part of a service's name
 * differs by partition, so a wildcard stands for it; only AWS sets the value.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
function keyStatements(grants: readonly Grant[], { arn, region }: CustomerKey): readonly PolicyStatement[] {
  const needing = Map.groupBy(
    grants.filter(({ key }) => key !== undefined),
    serviceOf,
  );
  return [...needing].map(([service, alike]) =>
    statement(
      alike.flatMap(({ key = [] }) => key),
      [arn],
      { StringLike: { 'kms:ViaService': `${service}.${region}.*` } },
    ),
  );
}

/** What a function's role allows: what the port methods it uses need, what Lambda needs in its name, and nothing else. */
export function policyStatements(
  { uses, fed }: Pick<FunctionSpec, 'uses' | 'fed'>,
  arns: Arns,
  key: CustomerKey | undefined,
): readonly PolicyStatement[] {
  const grants: readonly Grant[] = [
    ...RUNTIME_PERMISSIONS,
    ...(fed ? FED_PERMISSIONS : []),
    ...uses.flatMap((method): readonly Grant[] => PERMISSIONS[method]),
  ];
  const statements = [...Map.groupBy(grants, statementKey).values()].flatMap((alike) => {
    const [first] = alike;
    const actions = alike.flatMap((grant) => grant.actions);
    return first === undefined || arns[first.on].length === 0 ? [] : [statement(actions, arns[first.on], first.when)];
  });
  const usable = grants.filter(({ on }) => arns[on].length > 0);
  return key === undefined ? statements : [...statements, ...keyStatements(usable, key)];
}

/** What the cell's functions work with. */
export interface CellResources {
  readonly ledger: Table;
  readonly notices: ITopic;
  /** Where Amazon Q Developer in chat applications is told; absent where it is not wanted. */
  readonly chat: ITopic | undefined;
  /** ARN of the secret with the keys of Slack and PagerDuty; absent where nobody is told there. */
  readonly alertsSecretArn: string | undefined;
  /** Where messages wait for on-alert; absent where there is none. */
  readonly alertQueue: IQueue | undefined;
  /** Where messages lie that no channel took; absent with the other. */
  readonly undeliveredAlerts: IQueue | undefined;
  /** ARN of the bus that our own events are put on. */
  readonly eventBusArn: string;
  /** Name of the runtime switch's parameter. */
  readonly switchParameter: string;
  readonly functionNames: Readonly<Record<FunctionId, string>>;
  /** Regions whose groups they may change. */
  readonly regions: readonly string[];
}

/** Resources that are each function's own. */
export type OwnResource = Extract<Resource, 'log-group' | 'failure-queue'>;

function ec2Arns(stack: Stack, regions: readonly string[], ...kinds: readonly string[]): readonly string[] {
  return regions.flatMap((region) =>
    kinds.map((resource) => stack.formatArn({ service: 'ec2', region, resource, resourceName: '*' })),
  );
}

function functionArn(stack: Stack, resourceName: string): string {
  return stack.formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** ARNs of each kind of resource that the functions share. */
export function arnsOf(stack: Stack, cell: CellResources): Omit<Arns, OwnResource> {
  const { ledger, regions, functionNames, switchParameter } = cell;
  const indexArn = (index: string): string => `${ledger.tableArn}/index/${index}`;
  return {
    any: ['*'],
    'security-group-rules': ec2Arns(stack, regions, 'security-group', 'security-group-rule'),
    'new-groups': ec2Arns(stack, regions, 'security-group'),
    vpcs: ec2Arns(stack, regions, 'vpc'),
    interfaces: ec2Arns(stack, regions, 'network-interface', 'security-group', 'instance'),
    'change-requests': [functionArn(stack, doorName('onChange', 'requests', stack.stackName))],
    'schedule-requests': [functionArn(stack, doorName('onSchedule', 'requests', stack.stackName))],
    'grant-requests': [functionArn(stack, doorName('onGrant', 'requests', stack.stackName))],
    'ledger-table': [ledger.tableArn],
    'current-index': [indexArn(LEDGER_TABLE.current.index)],
    'due-index': [indexArn(LEDGER_TABLE.due.index)],
    'history-index': [indexArn(LEDGER_TABLE.history.index)],
    'action-function': [functionArn(stack, functionNames.onAction)],
    'notices-topic': [cell.notices.topicArn],
    'chat-topic': cell.chat === undefined ? [] : [cell.chat.topicArn],
    'alerts-secret': cell.alertsSecretArn === undefined ? [] : [cell.alertsSecretArn],
    'event-bus': [cell.eventBusArn],
    'security-hub-product': [
      stack.formatArn({ service: 'securityhub', resource: 'product', resourceName: `${stack.account}/default` }),
    ],
    'alert-queue': cell.alertQueue === undefined ? [] : [cell.alertQueue.queueArn],
    'undelivered-alerts': cell.undeliveredAlerts === undefined ? [] : [cell.undeliveredAlerts.queueArn],
    'switch-parameter': [
      stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: switchParameter.replace(/^\//, '') }),
    ],
  };
}
