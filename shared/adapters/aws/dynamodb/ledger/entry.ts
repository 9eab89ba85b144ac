import type { Plan } from '../../../../domain/decision.ts';
import type { Entry } from '../../../../domain/ledger.ts';
import type { Answer, FollowUp, Progress } from '../../../../domain/requests/follow-up.ts';
import { ATTRIBUTES, type Item } from './item.ts';
import { notesPrefix, planIdOf, sortableTime } from './keys.ts';
import { packedText } from './pack.ts';
import { LEDGER_TABLE } from './table.ts';
import { unpackOutcome, unpackPlan } from './text.ts';

/** The answer that an entry's item has. Throws InputInvalid. */
export const answerOf = (item: Item): Answer | undefined => {
  const stored = item[ATTRIBUTES.answer];
  if (stored === undefined) return undefined;
  const answer: Answer = JSON.parse(packedText(ATTRIBUTES.answer, stored));
  return answer;
};

const followUpsOf = (notes: readonly Item[]): readonly FollowUp[] =>
  notes.flatMap(({ [ATTRIBUTES.followUp]: stored }): readonly FollowUp[] =>
    stored === undefined ? [] : [JSON.parse(packedText(ATTRIBUTES.followUp, stored))],
  );

const progressOf = (notes: readonly Item[]): readonly Progress[] =>
  notes.flatMap(({ [ATTRIBUTES.progress]: stored }): readonly Progress[] =>
    stored === undefined ? [] : [JSON.parse(packedText(ATTRIBUTES.progress, stored))],
  );

const toEntry = (item: Item, plan: Plan, notes: readonly Item[]): Entry => {
  const { [ATTRIBUTES.outcome]: outcome, [ATTRIBUTES.owner]: owner, [LEDGER_TABLE.due.sortKey]: due } = item;
  const answer = answerOf(item);
  return {
    plan,
    owner: owner?.S ?? '',
    heldUntil: outcome === undefined ? Number(due?.N) : 0,
    ...(outcome && { outcome: unpackOutcome(plan, outcome) }),
    ...(answer && { answer }),
    followUps: followUpsOf(notes),
    progress: progressOf(notes),
  };
};

const isPlan = (item: Item): boolean => item[ATTRIBUTES.plan] !== undefined;

const recordOf = (item: Item): string => item[LEDGER_TABLE.sortKey]?.S ?? '';

/** Notes may outlive their entry: those from before the plan belong to an earlier one of the same case. */
const entryOf = (item: Item, items: readonly Item[]): Entry => {
  const plan = unpackPlan(item[ATTRIBUTES.plan]);
  const first = notesPrefix(plan.id) + sortableTime(plan.at);
  return toEntry(
    item,
    plan,
    items.filter((note) => recordOf(note) >= first),
  );
};

/** Entries out of their items: a plan's own, and its notes, in the order of the sort keys. Throws InputInvalid. */
export const toEntries = (items: readonly Item[]): readonly Entry[] => {
  const byPlan = Map.groupBy(items, (item) => planIdOf(recordOf(item)));
  return [...byPlan.values()].flatMap((same) => same.filter(isPlan).map((item) => entryOf(item, same)));
};
