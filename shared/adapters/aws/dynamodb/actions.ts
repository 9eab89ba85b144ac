import { type AttributeValue, DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  ACTION_LEASE_MS,
  ACTION_RESULT_KEPT_MS,
  type ActionRecord,
  type ActionRequest,
  type ActionRequests,
  actionRequestId,
} from '../../../domain/action.ts';
import { call } from '../call.ts';
import { ACTIONS, fitsSortKey, itemKey, LEDGER_TABLE, SORT_KEYS } from './keys.ts';
import {
  existingItem,
  getItem,
  type Item,
  isAlive,
  isConditionFailed,
  numberAttribute,
  pack,
  packedText,
  type Table,
  ttlAttribute,
  unlessConditionFailed,
} from './table.ts';

/** Attributes of a press's item, and of the claim on its action and remediation. */
const ACTION = { press: 'press', result: 'result', holder: 'holder', heldUntil: 'heldUntil' } as const;

/** How long presses are on the record, ms: 400 days, as long as what they brought about. */
const ACTIONS_KEPT_MS = 400 * 86_400_000;

/** Where a press is. Presses are few, so they share a partition. */
function actionKey(id: string): Record<string, AttributeValue> {
  return itemKey(ACTIONS, SORT_KEYS.action + id);
}

/** Where the press is named that is carried out for an action and a remediation. */
function claimKey({ remediationId, action }: ActionRequest): Record<string, AttributeValue> {
  return itemKey(ACTIONS, `${SORT_KEYS.action}${remediationId} ${action}`);
}

/** The press that an item holds, as it was stored, and what became of it. Throws InputInvalid. */
function actionRecordOf(item: Item): ActionRecord {
  const press: ActionRequest = JSON.parse(packedText(ACTION.press, item[ACTION.press]));
  const result = item[ACTION.result]?.S;
  return { request: press, ...(result !== undefined && { result }) };
}

/** Who holds a claim. */
function holderOf(press: ActionRequest): AttributeValue {
  return { S: actionRequestId(press) };
}

/** Presses of buttons in the ledger's table. */
export function actionsIn(table: Table): ActionRequests {
  return {
    record: recordAction(table),
    find: findAction(table),
    claim: claimAction(table),
    complete: endAction(table),
  };
}

function putCommand(table: Table, press: ActionRequest): PutItemCommand {
  return new PutItemCommand({
    TableName: table.name,
    Item: {
      ...actionKey(actionRequestId(press)),
      [ACTION.press]: pack(press),
      [LEDGER_TABLE.ttl]: ttlAttribute(press.at + ACTIONS_KEPT_MS),
    },
    ConditionExpression: 'attribute_not_exists(#press)',
    ExpressionAttributeNames: { '#press': ACTION.press },
  });
}

/** Puts a press on the record; one that is there stays with what became of it. Throws CallFailed. */
function recordAction(table: Table): ActionRequests['record'] {
  return async (press) => {
    await unlessConditionFailed('PutItem', table.dynamoDb.send(putCommand(table, press)));
  };
}

/** A press on the record. A claim has no press of its own and is none. Throws CallFailed. */
function findAction(table: Table): ActionRequests['find'] {
  return async (id) => {
    if (!fitsSortKey(SORT_KEYS.action + id)) return undefined;
    const item = await getItem(table, actionKey(id));
    if (item === undefined || item[ACTION.holder] !== undefined || !isAlive(item, table)) return undefined;
    return actionRecordOf(item);
  };
}

function claimCommand(table: Table, press: ActionRequest): UpdateItemCommand {
  const now = table.clock.now();
  return new UpdateItemCommand({
    TableName: table.name,
    Key: claimKey(press),
    UpdateExpression: 'SET #press = :press, #holder = :holder, #until = :until, #ttl = :ttl REMOVE #result',
    ConditionExpression: 'attribute_not_exists(#holder) OR #holder = :holder OR #until <= :now',
    ExpressionAttributeNames: {
      '#press': ACTION.press,
      '#holder': ACTION.holder,
      '#until': ACTION.heldUntil,
      '#result': ACTION.result,
      '#ttl': LEDGER_TABLE.ttl,
    },
    ExpressionAttributeValues: {
      ':press': pack(press),
      ':holder': holderOf(press),
      ':now': numberAttribute(now),
      ':until': numberAttribute(now + ACTION_LEASE_MS),
      ':ttl': ttlAttribute(now + ACTIONS_KEPT_MS),
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
}

/** Claims the action and the remediation for a press, or answers the one that has them. Throws CallFailed. */
function claimAction(table: Table): ActionRequests['claim'] {
  return async (press) => {
    try {
      await call('UpdateItem', table.dynamoDb.send(claimCommand(table, press)));
      return undefined;
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
      const first = await existingItem(table, claimKey(press), error);
      return first === undefined ? undefined : actionRecordOf(first);
    }
  };
}

/** Gives up the press's own claim; one that another has by now is left alone. */
async function releaseClaim(table: Table, press: ActionRequest): Promise<void> {
  const command = new DeleteItemCommand({
    TableName: table.name,
    Key: claimKey(press),
    ConditionExpression: '#holder = :holder',
    ExpressionAttributeNames: { '#holder': ACTION.holder },
    ExpressionAttributeValues: { ':holder': holderOf(press) },
  });
  await unlessConditionFailed('DeleteItem', table.dynamoDb.send(command));
}

async function keepClaim(table: Table, press: ActionRequest, result: string): Promise<void> {
  const command = new UpdateItemCommand({
    TableName: table.name,
    Key: claimKey(press),
    UpdateExpression: 'SET #result = :result, #until = :until',
    ConditionExpression: '#holder = :holder',
    ExpressionAttributeNames: { '#result': ACTION.result, '#until': ACTION.heldUntil, '#holder': ACTION.holder },
    ExpressionAttributeValues: {
      ':result': { S: result },
      ':until': numberAttribute(table.clock.now() + ACTION_RESULT_KEPT_MS),
      ':holder': holderOf(press),
    },
  });
  await unlessConditionFailed('UpdateItem', table.dynamoDb.send(command));
}

/** What became of a press: first on its claim, then on its own record, which says that all of it is done. Throws CallFailed. */
function endAction(table: Table): ActionRequests['complete'] {
  return async (press, result, again) => {
    await (again ? releaseClaim(table, press) : keepClaim(table, press, result));
    const command = new UpdateItemCommand({
      TableName: table.name,
      Key: actionKey(actionRequestId(press)),
      UpdateExpression: 'SET #result = :result',
      ConditionExpression: 'attribute_exists(#press)',
      ExpressionAttributeNames: { '#result': ACTION.result, '#press': ACTION.press },
      ExpressionAttributeValues: { ':result': { S: result } },
    });
    await unlessConditionFailed('UpdateItem', table.dynamoDb.send(command));
  };
}
