import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Entry } from '../../../../domain/ledger.ts';
import type { Progress } from '../../../../domain/requests/follow-up.ts';
import { ANSWERED } from './claim.ts';
import { type Table, unlessRefused } from './item.ts';
import { planKey } from './keys.ts';
import { type Notes, notesOn } from './notes.ts';
import { LEDGER_TABLE } from './table.ts';

/** Takes an entry off the list of answers that have yet to have their effect; one that is under way again is off it already. */
const offTheList = ({ name }: Table, { plan }: Entry): UpdateItemCommand =>
  new UpdateItemCommand({
    TableName: name,
    Key: planKey(plan.decision.group.id, plan.id),
    UpdateExpression: 'REMOVE #as, #due',
    ConditionExpression: '#as = :answered',
    ExpressionAttributeNames: { '#as': LEDGER_TABLE.due.partitionKey, '#due': LEDGER_TABLE.due.sortKey },
    ExpressionAttributeValues: { ':answered': { S: ANSWERED } },
  });

/** Appends that an answer has had its effect, and then leaves off finding it. Throws CallFailed. */
export async function noteCarried(
  table: Table,
  entry: Entry,
  progress: Progress,
  { noteProgress }: Notes = notesOn(table),
): Promise<void> {
  await noteProgress(entry, progress);
  await unlessRefused('UpdateItem', table.dynamoDb.send(offTheList(table, entry)));
}
