import { ArnFormat, type Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { doorName, type FunctionId, LEDGER_TABLE, type Resource } from '../../shared/catalogue.ts';
import type { Arns } from './grants.ts';

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

const ec2Arns = (stack: Stack, regions: readonly string[], ...kinds: readonly string[]): readonly string[] =>
  regions.flatMap((region) =>
    kinds.map((resource) => stack.formatArn({ service: 'ec2', region, resource, resourceName: '*' })),
  );

const functionArn = (stack: Stack, resourceName: string): string =>
  stack.formatArn({ service: 'lambda', resource: 'function', resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });

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
    'unsettled-index': [indexArn(LEDGER_TABLE.unsettled.index)],
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
