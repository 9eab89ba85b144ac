import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createLedgerTable } from '../../../../infra/local/cell/provision.ts';
import { budgetIn } from '../../../../shared/adapters/aws/dynamodb/budget.ts';
import { burstsIn } from '../../../../shared/adapters/aws/dynamodb/bursts.ts';
import { episodesIn } from '../../../../shared/adapters/aws/dynamodb/episodes.ts';
import { exemptionsIn } from '../../../../shared/adapters/aws/dynamodb/exemptions.ts';
import { groupRecordsIn } from '../../../../shared/adapters/aws/dynamodb/group-records.ts';
import { fullLedgerIn } from '../../../../shared/adapters/aws/dynamodb/ledger/ledger.ts';
import type { Table } from '../../../../shared/adapters/aws/dynamodb/table.ts';
import type { State } from '../../../contract/ledger/clause.ts';
import { virtualAccount } from '../../../infra/local/in-process.ts';

/** All that a table holds. */
export function stateIn(table: Table, leaseMs?: number): State {
  return {
    register: fullLedgerIn(table, leaseMs),
    budget: budgetIn(table),
    exemptions: exemptionsIn(table),
    episodes: episodesIn(table),
    records: groupRecordsIn(table),
    bursts: burstsIn(table),
  };
}

/** Ledger tables in an account of the test's own. */
export interface LocalTables {
  readonly dynamoDb: DynamoDBClient;
  /** Makes an empty one and returns its name. */
  readonly create: () => Promise<string>;
  readonly close: () => Promise<void>;
}

/** Starts an embedded account for ledger tables. */
export async function localTables(): Promise<LocalTables> {
  const local = await virtualAccount();
  const config = local.clientSettings({ accessKeyId: 'AKIAEXAMPLEEXAMPLE00' });
  const dynamoDb = new DynamoDBClient({ ...config });
  let made = 0;
  return {
    dynamoDb,
    create: async () => {
      made += 1;
      const name = `ledger-${made}`;
      await createLedgerTable(config, name);
      return name;
    },
    close: async () => {
      dynamoDb.destroy();
      await local.close();
    },
  };
}
