import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { LEDGER_TABLE } from '../shared/catalogue.ts';

const text = (name: string) => ({ name, type: AttributeType.STRING });

/** The ledger's table. It holds every undo, so it can be restored to any second and outlives the stack. */
export function ledgerTable(scope: Construct, key: IKey | undefined): Table {
  const { partitionKey, sortKey, ttl, unsettled } = LEDGER_TABLE;
  const table = new Table(scope, 'Ledger', {
    partitionKey: text(partitionKey),
    sortKey: text(sortKey),
    timeToLiveAttribute: ttl,
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    ...(key
      ? { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: key }
      : { encryption: TableEncryption.AWS_MANAGED }),
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  table.addGlobalSecondaryIndex({
    indexName: unsettled.index,
    partitionKey: text(unsettled.partitionKey),
    sortKey: { name: unsettled.sortKey, type: AttributeType.NUMBER },
  });
  return table;
}
