import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { LEDGER_TABLE } from '../../shared/catalogue.ts';
import { acceptFindings } from './accepted-findings.ts';

const { partitionKey, sortKey, ttl, current, due, history } = LEDGER_TABLE;

function text(name: string) {
  return { name, type: AttributeType.STRING };
}

/** The indexes lead to items; what they carry besides the keys is read from them alone. */
function addIndexes(table: Table): void {
  table.addLocalSecondaryIndex({
    indexName: current.index,
    sortKey: text(current.sortKey),
    projectionType: ProjectionType.KEYS_ONLY,
  });
  for (const { index, carries, ...keys } of [due, history]) {
    table.addGlobalSecondaryIndex({
      indexName: index,
      partitionKey: text(keys.partitionKey),
      sortKey: { name: keys.sortKey, type: keys.sortType === 'N' ? AttributeType.NUMBER : AttributeType.STRING },
      ...(carries.length === 0
        ? { projectionType: ProjectionType.KEYS_ONLY }
        : { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...carries] }),
    });
  }
}

/**
 * The ledger's table. It holds every undo, so it can be restored to any second and outlives the stack.
 *
 * The table is the one retained resource that also stays when the first deployment fails. CloudFormation would have to delete it, and the
 * deletion protection forbids that: the rollback would end in ROLLBACK_FAILED. With `Retain` the rollback ends well and leaves an empty
 * table behind. Protection that a later step turns on would need a function that may call UpdateTable, and such a function may turn
 * protection off, too.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
 */
export function ledgerTable(scope: Construct, key: IKey | undefined): Table {
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
  addIndexes(table);
  if (!key) {
    acceptFindings(table, {
      CKV_AWS_119: "The key is AWS's; the option customerKeys uses a key of the account's own, which costs $1 a month.",
    });
  }
  return table;
}
