import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createLedgerTable } from '../../infra/local/provision.ts';
import { startLocalAccount } from '../../infra/local/start.ts';

/** A ledger table in an account of the test's own. */
export interface LocalTable {
  readonly dynamoDb: DynamoDBClient;
  readonly name: string;
  readonly close: () => Promise<void>;
}

/** Starts an embedded account and creates the ledger's table in it. */
export async function localTable(): Promise<LocalTable> {
  const local = await startLocalAccount();
  const credentials = { accessKeyId: 'AKIAEXAMPLEEXAMPLE00', secretAccessKey: 'example' };
  const config = { endpoint: local.endpoint, region: 'us-east-1', credentials };
  await createLedgerTable(config, 'ledger');
  const dynamoDb = new DynamoDBClient(config);
  return {
    dynamoDb,
    name: 'ledger',
    close: async () => {
      dynamoDb.destroy();
      await local.close();
    },
  };
}
