import { CreateTableCommand, DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { LEDGER_TABLE } from '../../shared/catalogue.ts';

/** Where the account is and who calls it. */
export type ClientConfig = Required<Pick<DynamoDBClientConfig, 'endpoint' | 'region' | 'credentials'>>;

const hash = (name: string) => ({ AttributeName: name, KeyType: 'HASH' }) as const;
const range = (name: string) => ({ AttributeName: name, KeyType: 'RANGE' }) as const;

/** Makes the ledger's table as the stack does. */
export const createLedgerTable = async (config: ClientConfig, name: string): Promise<void> => {
  const { partitionKey, sortKey, unsettled } = LEDGER_TABLE;
  const client = new DynamoDBClient(config);
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: partitionKey, AttributeType: 'S' },
        { AttributeName: sortKey, AttributeType: 'S' },
        { AttributeName: unsettled.partitionKey, AttributeType: 'S' },
        { AttributeName: unsettled.sortKey, AttributeType: 'N' },
      ],
      KeySchema: [hash(partitionKey), range(sortKey)],
      GlobalSecondaryIndexes: [
        {
          IndexName: unsettled.index,
          KeySchema: [hash(unsettled.partitionKey), range(unsettled.sortKey)],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  client.destroy();
};

/** Makes the topic for notices and returns its ARN. */
export const createNoticesTopic = async (config: ClientConfig): Promise<string> => {
  const client = new SNSClient(config);
  const { TopicArn = '' } = await client.send(new CreateTopicCommand({ Name: 'portcullis-notices' }));
  client.destroy();
  return TopicArn;
};
