import { createHash } from 'node:crypto';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { EPISODES_KEPT_MS, type Episode } from '../../../../domain/episode.ts';
import { call } from '../../call.ts';
import { seconds, type Table } from '../ledger/item.ts';
import { itemKey } from '../ledger/keys.ts';
import { pack } from '../ledger/pack.ts';
import { LEDGER_TABLE } from '../ledger/table.ts';
import { EPISODES, episodesFrom } from './item.ts';

const nameOf = (episodes: readonly Episode[]): string => {
  const contents = episodes.map(({ what, content }) => `${what} ${content}`).toSorted();
  return createHash('sha256').update(contents.join('\n')).digest('hex').slice(0, 16);
};

/** One item for what one event told of one group: an event may open a thousand rules, and the same event comes to the same item. */
const write = async (table: Table, together: readonly Episode[]): Promise<void> => {
  const [first] = together;
  if (first === undefined) return;
  const { groupId, changeId, at } = first;
  const command = new PutItemCommand({
    TableName: table.name,
    Item: {
      ...itemKey(groupId, `${episodesFrom(at)} ${changeId} ${nameOf(together)}`),
      [EPISODES]: pack(together),
      [LEDGER_TABLE.ttl]: seconds(at + EPISODES_KEPT_MS),
    },
  });
  await call('PutItem', table.dynamoDb.send(command));
};

/** Records what events told. Throws CallFailed. */
export const record = async (table: Table, episodes: readonly Episode[]): Promise<void> => {
  const events = Map.groupBy(episodes, ({ groupId, changeId, at }) => [groupId, changeId, at].join(' '));
  await Promise.all([...events.values()].map((together) => write(table, together)));
};
