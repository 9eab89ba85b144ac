import {
  type ConfigRule,
  ConfigServiceClient,
  PutConfigRuleCommand,
  PutConfigurationRecorderCommand,
  StartConfigurationRecorderCommand,
} from '@aws-sdk/client-config-service';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import {
  type ALERT_QUEUE,
  CONFIG_SCOPE,
  configRules,
  configTriggers,
  type DeadLetterQueue,
  LEDGER_TABLE,
  STACK_NAME,
} from '../../../shared/catalogue.ts';
import type { LocalClientSettings } from '../start.ts';
import { turn } from '../time/clock.ts';

const { partitionKey, sortKey, current, due, history } = LEDGER_TABLE;
const INDEXES = [due, history];

function hash(name: string) {
  return { AttributeName: name, KeyType: 'HASH' } as const;
}
function range(name: string) {
  return { AttributeName: name, KeyType: 'RANGE' } as const;
}

/** The type of each attribute that is a key of the table or of an index. */
const KEY_TYPES: ReadonlyMap<string, 'S' | 'N'> = new Map([
  [partitionKey, 'S'],
  [sortKey, 'S'],
  [current.sortKey, 'S'],
  ...INDEXES.flatMap((index) => [[index.partitionKey, 'S'] as const, [index.sortKey, index.sortType] as const]),
]);

/** Creates the ledger's table as the stack does, and waits until it is active. */
export async function createLedgerTable(config: LocalClientSettings, name: string): Promise<void> {
  const client = new DynamoDBClient({ ...config });
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: Array.from(KEY_TYPES, ([AttributeName, AttributeType]) => ({
        AttributeName,
        AttributeType,
      })),
      KeySchema: [hash(partitionKey), range(sortKey)],
      LocalSecondaryIndexes: [
        {
          IndexName: current.index,
          KeySchema: [hash(partitionKey), range(current.sortKey)],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
      GlobalSecondaryIndexes: INDEXES.map((index) => ({
        IndexName: index.index,
        KeySchema: [hash(index.partitionKey), range(index.sortKey)],
        Projection:
          index.carries.length === 0
            ? { ProjectionType: 'KEYS_ONLY' }
            : { ProjectionType: 'INCLUDE', NonKeyAttributes: [...index.carries] },
      })),
    }),
  );
  for (let status: string | undefined; status !== 'ACTIVE'; ) {
    await turn();
    status = (await client.send(new DescribeTableCommand({ TableName: name }))).Table?.TableStatus;
  }
  client.destroy();
}

/** Creates the topic for the notifications of a cell and returns its ARN. */
export async function createNoticesTopic(config: LocalClientSettings, cell: string = STACK_NAME): Promise<string> {
  const client = new SNSClient({ ...config });
  const { TopicArn = '' } = await client.send(new CreateTopicCommand({ Name: `${cell.toLowerCase()}-notices` }));
  client.destroy();
  return TopicArn;
}

/**
 * Name of a cell's queue, in the form that CloudFormation generates from the stack's name and the queue's id.
 */
export function queueName(id: DeadLetterQueue | typeof ALERT_QUEUE.id, cell: string = STACK_NAME): string {
  return `${cell}-${id}00000000-embedded`;
}

/** Creates queues. */
export async function createQueues(config: LocalClientSettings, names: readonly string[]): Promise<void> {
  const client = new SQSClient({ ...config });
  await Promise.all(names.map(async (QueueName) => await client.send(new CreateQueueCommand({ QueueName }))));
  client.destroy();
}

/** Starts AWS Config's recorder and creates the cell's rules as the stack does. */
export async function createConfigRules(config: LocalClientSettings, functionArn: string, cell: string): Promise<void> {
  const client = new ConfigServiceClient({ ...config });
  await client.send(new PutConfigurationRecorderCommand({ ConfigurationRecorder: { name: 'default' } }));
  await client.send(new StartConfigurationRecorderCommand({ ConfigurationRecorderName: 'default' }));
  for (const { family, name, description } of configRules(cell)) {
    const ConfigRule: ConfigRule = {
      ConfigRuleName: name,
      Description: description,
      InputParameters: JSON.stringify({ family }),
      Scope: { ComplianceResourceTypes: [CONFIG_SCOPE] },
      Source: {
        Owner: 'CUSTOM_LAMBDA',
        SourceIdentifier: functionArn,
        SourceDetails: configTriggers(undefined).map(({ eventSource, messageType }) => ({
          EventSource: eventSource,
          MessageType: messageType,
        })),
      },
    };
    await client.send(new PutConfigRuleCommand({ ConfigRule }));
  }
  client.destroy();
}
