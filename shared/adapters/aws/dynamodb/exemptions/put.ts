import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Exemption } from '../../../../domain/exemption.ts';
import { numeric, seconds, type Table, unlessRefused } from '../ledger/item.ts';
import { exemptionKeptUntil } from '../ledger/keep.ts';
import { ACCOUNT, EXEMPTIONS_CHAPTER, itemKey, RECORDS } from '../ledger/keys.ts';
import { pack } from '../ledger/pack.ts';
import { LEDGER_TABLE } from '../ledger/table.ts';
import { EXEMPTION } from './item.ts';

/**
 * Writes an exemption beside its group's other items, or over itself: its id and its group stay what they were. One that has ended is not
 * revived by whoever still knows it as live. Throws CallFailed.
 */
export const put = async (table: Table, exemption: Exemption): Promise<void> => {
  const { id, scope, at, until, ended } = exemption;
  const command = new PutItemCommand({
    TableName: table.name,
    Item: {
      ...itemKey(scope.groupId ?? ACCOUNT, RECORDS.exemption + id),
      [LEDGER_TABLE.history.partitionKey]: { S: EXEMPTIONS_CHAPTER },
      [LEDGER_TABLE.history.sortKey]: { S: id },
      [LEDGER_TABLE.ttl]: seconds(exemptionKeptUntil(exemption)),
      [EXEMPTION.whole]: pack(exemption),
      [EXEMPTION.at]: numeric(at),
      [EXEMPTION.until]: numeric(until),
      ...(ended && { [EXEMPTION.ended]: numeric(ended.at) }),
    },
    ...(ended === undefined && {
      ConditionExpression: 'attribute_not_exists(#ended)',
      ExpressionAttributeNames: { '#ended': EXEMPTION.ended },
    }),
  });
  await unlessRefused('PutItem', table.dynamoDb.send(command));
};
