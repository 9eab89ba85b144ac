import type { Exemption } from '../../../../domain/exemption.ts';
import { numeric, type Table } from '../ledger/item.ts';
import { ACCOUNT, RECORDS } from '../ledger/keys.ts';
import { itemsOf, recordsUnder } from '../ledger/query.ts';
import { EXEMPTION, exemptionOf } from './item.ts';

/** A partition's exemptions that hold now. What is over is kept for long, so DynamoDB leaves it out. */
const liveOf = async (table: Table, subject: string): Promise<readonly Exemption[]> => {
  const all = recordsUnder(subject, RECORDS.exemption);
  const items = await itemsOf(table, {
    ...all,
    FilterExpression: '#at <= :now AND #until > :now AND attribute_not_exists(#ended)',
    ExpressionAttributeNames: {
      ...all.ExpressionAttributeNames,
      '#at': EXEMPTION.at,
      '#until': EXEMPTION.until,
      '#ended': EXEMPTION.ended,
    },
    ExpressionAttributeValues: { ...all.ExpressionAttributeValues, ':now': numeric(table.clock.now()) },
  });
  return items.map(exemptionOf);
};

/** Exemptions about these groups and about every group that hold now, consistent with every write before. Throws CallFailed, InputInvalid. */
export const live = async (table: Table, groupIds: readonly string[]): Promise<readonly Exemption[]> => {
  const subjects = [...new Set([ACCOUNT, ...groupIds])];
  return (await Promise.all(subjects.map((subject) => liveOf(table, subject)))).flat();
};
