import { InputInvalid } from '../../../../domain/errors.ts';
import type { ApprovalAnswer, CompletedStep, LedgerEntry, PostRemovalGrant } from '../../../../domain/ledger.ts';
import { uuid } from '../../../../domain/runtime.ts';
import { notesPrefix, sortableTime } from '../keys.ts';
import { answerKeptUntil, noteKeptUntil } from '../retention.ts';
import { type Attributes, existingItem, pack, putItem, type Table, ttlOf, updateItem } from '../table.ts';
import { ANSWERED, answerOf, keyOf } from './items.ts';

/**
 * The ledger's table with a counter that orders notes of the same millisecond: make it once per container.
 */
export interface NoteStore extends Table {
  readonly nextNote: () => number;
}

/** Sorts by time, then by the counter. The UUID keeps two containers from writing the same item. */
function noteName({ nextNote, random }: NoteStore, now: number): string {
  return [sortableTime(now), String(nextNote()).padStart(9, '0'), uuid(random)].join(' ');
}

/**
 * Writes a note as an item of its own. A plan may fill most of the 400 KB of an item, and each grant that
 * follows it may be as large. A repeated request writes the same item.
 */
async function putNote(table: NoteStore, { plan }: LedgerEntry, content: Attributes): Promise<void> {
  const now = table.clock.now();
  await putItem(table, {
    subject: plan.decision.group.id,
    record: notesPrefix(plan.id) + noteName(table, now),
    ...content,
    expiresAt: ttlOf(noteKeptUntil(now)),
  });
}

/** Notes what was granted after a removal. Throws CallFailed. */
export async function noteGrant(table: NoteStore, entry: LedgerEntry, grant: PostRemovalGrant): Promise<void> {
  await putNote(table, entry, { grant: pack(grant) });
}

/** Notes a finished step. Throws CallFailed. */
export async function noteStep(table: NoteStore, entry: LedgerEntry, step: CompletedStep): Promise<void> {
  await putNote(table, entry, { step: pack(step) });
}

/**
 * Records a person's answer to a plan that waits. The first answer stands and is returned. `readAnswered`
 * finds the entry until the answer is carried out. Throws CallFailed, and InputInvalid if the plan waits for
 * no answer.
 */
export async function writeAnswer(
  table: Table,
  { plan }: LedgerEntry,
  answer: ApprovalAnswer,
): Promise<ApprovalAnswer> {
  const result = await updateItem(table, keyOf(plan), {
    set: { answer: pack(answer), expiresAt: ttlOf(answerKeptUntil(answer)), dueAs: ANSWERED, dueAt: answer.at },
    condition: 'attribute_not_exists(#answer) AND #status IN (:pending, :held)',
    values: { pending: 'pending', held: 'held' },
  });
  if (result.written) return answer;
  const first = answerOf((await existingItem(table, keyOf(plan), result.refusal)) ?? {});
  if (first !== undefined) return first;
  throw new InputInvalid(
    `ledger: plan ${plan.id} of ${plan.decision.group.id} waits for no answer: read the entry again`,
    { cause: result.refusal },
  );
}

/** Notes that an answer was carried out. `readAnswered` no longer finds the entry. Throws CallFailed. */
export async function noteAnswerDone(table: NoteStore, entry: LedgerEntry, step: CompletedStep): Promise<void> {
  await noteStep(table, entry, step);
  await updateItem(table, keyOf(entry.plan), {
    remove: ['dueAs', 'dueAt'],
    condition: '#dueAs = :answered',
    values: { answered: ANSWERED },
  });
}
