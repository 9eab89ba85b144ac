import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Entry } from '../../../../domain/ledger.ts';
import { uuid } from '../../../../domain/random.ts';
import type { FollowUp, Progress } from '../../../../domain/requests/follow-up.ts';
import { call } from '../../call.ts';
import { ATTRIBUTES, type Item, seconds, type Table } from './item.ts';
import { notedUntil } from './keep.ts';
import { itemKey, notesPrefix, sortableTime } from './keys.ts';
import { pack } from './pack.ts';
import { LEDGER_TABLE } from './table.ts';

/** Appends to the records of entries. */
export interface Notes {
  /** Throws CallFailed. */
  readonly noteFollowUp: (entry: Entry, followUp: FollowUp) => Promise<void>;
  /** Throws CallFailed. */
  readonly noteProgress: (entry: Entry, progress: Progress) => Promise<void>;
}

/**
 * Notes in the ledger's table: make them once per container, as the notes of one millisecond are ordered by a counter in here.
 *
 * A note is an item of its own beside the plan's: a plan may fill most of the 400 KB that an item takes, and each of its follow-ups
 * may be as large. A request that is sent again writes the same item.
 */
export function notesOn(table: Table): Notes {
  let written = 0;
  /** Sorts by time, then by the counter. The UUID keeps two containers from writing the same item. */
  const noteName = (now: number): string => {
    written += 1;
    return [sortableTime(now), String(written).padStart(9, '0'), uuid(table.random)].join(' ');
  };
  const note = async ({ plan }: Entry, content: Item): Promise<void> => {
    const now = table.clock.now();
    const command = new PutItemCommand({
      TableName: table.name,
      Item: {
        ...itemKey(plan.decision.group.id, notesPrefix(plan.id) + noteName(now)),
        ...content,
        [LEDGER_TABLE.ttl]: seconds(notedUntil(now)),
      },
    });
    await call('PutItem', table.dynamoDb.send(command));
  };
  return {
    noteFollowUp: async (entry, followUp) => await note(entry, { [ATTRIBUTES.followUp]: pack(followUp) }),
    noteProgress: async (entry, progress) => await note(entry, { [ATTRIBUTES.progress]: pack(progress) }),
  };
}
