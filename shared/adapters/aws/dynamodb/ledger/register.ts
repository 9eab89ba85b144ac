import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { InputInvalid } from '../../../../domain/errors.ts';
import type {
  ApprovalAnswer,
  CompletedStep,
  FullLedger,
  LedgerEntry,
  PostRemovalGrant,
} from '../../../../domain/ledger.ts';
import { uuid } from '../../../../domain/runtime.ts';
import { call } from '../../call.ts';
import { itemKey, LEDGER_TABLE, notesPrefix, planKey, sortableTime } from '../keys.ts';
import {
  ATTRIBUTES,
  existingItem,
  type Item,
  isConditionFailed,
  numberAttribute,
  pack,
  type Table,
  ttlAttribute,
  unlessConditionFailed,
} from '../table.ts';
import { ANSWERED, answerKeptUntil, answerOf, noteKeptUntil } from './items.ts';
import { type LeaseOption, ledger } from './ledger.ts';
import { abandoned, answered, byId, entries, newest, waiting } from './read.ts';

/** The ledger in a DynamoDB table, as the functions use it that grant and that run by the clock. */
export function register(table: Table & LeaseOption): FullLedger {
  const notes = notesOn(table);
  return {
    ...ledger(table),
    entries: async (groupId) => await entries(table, groupId),
    recordStep: notes.noteProgress,
    findById: async (remediationId) => await byId(table, remediationId),
    newest: async (most) => await newest(table, most),
    waiting: async (status) => await waiting(table, status),
    withOpenAnswer: async () => await answered(table),
    abandoned: async () => await abandoned(table),
    recordAnswer: async (entry, said) => await recordAnswer(table, entry, said),
    completeAnswer: async (entry, progress) => await noteCarried(table, entry, progress, notes),
    recordGrant: notes.noteFollowUp,
  };
}

function answerCommand(table: Table, { plan }: LedgerEntry, said: ApprovalAnswer): UpdateItemCommand {
  return new UpdateItemCommand({
    TableName: table.name,
    Key: planKey(plan.decision.group.id, plan.id),
    UpdateExpression: 'SET #answer = :answer, #ttl = :ttl, #as = :answered, #due = :said',
    ConditionExpression: 'attribute_not_exists(#answer) AND #status IN (:pending, :held)',
    ExpressionAttributeNames: {
      '#answer': ATTRIBUTES.answer,
      '#status': ATTRIBUTES.status,
      '#ttl': LEDGER_TABLE.ttl,
      '#as': LEDGER_TABLE.due.partitionKey,
      '#due': LEDGER_TABLE.due.sortKey,
    },
    ExpressionAttributeValues: {
      ':answer': pack(said),
      ':ttl': ttlAttribute(answerKeptUntil(said)),
      ':answered': { S: ANSWERED },
      ':said': numberAttribute(said.at),
      ':pending': { S: 'pending' },
      ':held': { S: 'held' },
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
}

/**
 * Records what a person said to a plan that waits; it waits no longer, and is found by `answered` until that has had its effect. The first answer stands and is returned. Throws CallFailed, and
 * InputInvalid where nothing waits.
 */
async function recordAnswer(table: Table, entry: LedgerEntry, said: ApprovalAnswer): Promise<ApprovalAnswer> {
  try {
    await call('UpdateItem', table.dynamoDb.send(answerCommand(table, entry, said)));
    return said;
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
    const { id, decision } = entry.plan;
    const first = answerOf((await existingItem(table, planKey(decision.group.id, id), error)) ?? {});
    if (first !== undefined) return first;
    throw new InputInvalid(`ledger: plan ${id} of ${decision.group.id} waits for no answer: read the entry again`, {
      cause: error,
    });
  }
}

/** Takes an entry off the list of answers that have yet to have their effect; one that is under way again is off it already. */
function unlistCommand({ name }: Table, { plan }: LedgerEntry): UpdateItemCommand {
  return new UpdateItemCommand({
    TableName: name,
    Key: planKey(plan.decision.group.id, plan.id),
    UpdateExpression: 'REMOVE #as, #due',
    ConditionExpression: '#as = :answered',
    ExpressionAttributeNames: { '#as': LEDGER_TABLE.due.partitionKey, '#due': LEDGER_TABLE.due.sortKey },
    ExpressionAttributeValues: { ':answered': { S: ANSWERED } },
  });
}

/** Appends that an answer has had its effect, and then leaves off finding it. Throws CallFailed. */
async function noteCarried(
  table: Table,
  entry: LedgerEntry,
  progress: CompletedStep,
  { noteProgress }: Notes = notesOn(table),
): Promise<void> {
  await noteProgress(entry, progress);
  await unlessConditionFailed('UpdateItem', table.dynamoDb.send(unlistCommand(table, entry)));
}

/** Appends to the records of entries. */
interface Notes {
  /** Throws CallFailed. */
  readonly noteFollowUp: (entry: LedgerEntry, followUp: PostRemovalGrant) => Promise<void>;
  /** Throws CallFailed. */
  readonly noteProgress: (entry: LedgerEntry, progress: CompletedStep) => Promise<void>;
}

/**
 * Notes in the ledger's table: make them once per container, as the notes of one millisecond are ordered by a counter in here.
 *
 * A note is an item of its own beside the plan's: a plan may fill most of the 400 KB that an item takes, and each of its follow-ups
 * may be as large. A request that is sent again writes the same item.
 */
function notesOn(table: Table): Notes {
  let written = 0;
  /** Sorts by time, then by the counter. The UUID keeps two containers from writing the same item. */
  const noteName = (now: number): string => {
    written += 1;
    return [sortableTime(now), String(written).padStart(9, '0'), uuid(table.random)].join(' ');
  };
  const note = async ({ plan }: LedgerEntry, content: Item): Promise<void> => {
    const now = table.clock.now();
    const command = new PutItemCommand({
      TableName: table.name,
      Item: {
        ...itemKey(plan.decision.group.id, notesPrefix(plan.id) + noteName(now)),
        ...content,
        [LEDGER_TABLE.ttl]: ttlAttribute(noteKeptUntil(now)),
      },
    });
    await call('PutItem', table.dynamoDb.send(command));
  };
  return {
    noteFollowUp: async (entry, followUp) => await note(entry, { [ATTRIBUTES.followUp]: pack(followUp) }),
    noteProgress: async (entry, progress) => await note(entry, { [ATTRIBUTES.progress]: pack(progress) }),
  };
}
