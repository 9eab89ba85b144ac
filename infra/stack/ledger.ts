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

/**
 * Adds the indexes. Queries read the attributes that an index contains from the index, and others from the
 * table.
 */
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
 * Creates the ledger's table. It contains every undo, so it has point-in-time recovery and outlives the
 * stack.
 *
 * The removal policy is `Retain`, so the empty table also stays if the first deployment fails. With another
 * policy, CloudFormation would try to delete the table during the rollback, the deletion protection would
 * prevent this, and the rollback would end in ROLLBACK_FAILED. A function could enable the protection later,
 * but a function that may call UpdateTable may also disable it.
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
