import type { Outcome, Plan } from '../../../../domain/decision.ts';
import { RemediatorError } from '../../../../domain/errors.ts';
import type { Rule } from '../../../../domain/group.ts';
import type {
  ApprovalAnswer,
  CompletedStep,
  LedgerEntry,
  OpenEntry,
  PostRemovalGrant,
} from '../../../../domain/ledger.ts';
import { notesPrefix, planIdOf, planKey, SORT_KEYS, sortableTime } from '../keys.ts';
import { type Attributes, type CommonAttributes, type Item, type Packed, pack, unpack } from '../table.ts';

/** The item of an entry, and the item of a note on one, which has `grant` or `step`. */
export interface EntryItem extends CommonAttributes {
  readonly plan?: Packed;
  readonly owner?: string;
  readonly outcome?: Packed;
  readonly status?: Outcome['status'];
  readonly answer?: Packed;
  readonly publicId?: string;
  readonly grant?: Packed;
  readonly step?: Packed;
}

/** Primary key of the entry of a plan. */
export function keyOf({ id, decision }: Plan) {
  return planKey(decision.group.id, id);
}

/** Which invocation holds an unsettled entry, and until when (milliseconds since the epoch). */
export interface PlanClaim {
  readonly owner: string;
  readonly until: number;
}

/** `dueAs` of unsettled entries. */
export const UNSETTLED = 'unsettled';

/** `dueAs` of entries whose answer is still to be carried out. */
export const ANSWERED = 'answered';

/** Attributes that make an entry an open one, also in the indexes. */
export function claimAttributes({ owner, until }: PlanClaim): Attributes {
  return { current: 'entry', dueAs: UNSETTLED, dueAt: until, owner };
}

/** A fault as the ledger stores it: without its cause. */
class RecordedFault extends RemediatorError {
  readonly retryable: boolean;

  constructor(fault: { readonly name: string; readonly message: string; readonly retryable: boolean }) {
    super(fault.message);
    this.name = fault.name;
    this.retryable = fault.retryable;
  }
}

/**
 * A rule, or its id if the plan has the same rule. Tags may make a rule 20 KB, and the item must hold both
 * plan and outcome.
 */
type StoredRule = Rule | string;

/** An outcome without its plan, which has an attribute of its own, and with the fault as data. */
type StoredOutcome = Omit<Outcome, 'plan' | 'fault' | 'removed' | 'alreadyGone' | 'changed'> & {
  readonly removed: readonly StoredRule[];
  readonly alreadyGone: readonly StoredRule[];
  readonly changed: readonly StoredRule[];
  readonly fault?: ConstructorParameters<typeof RecordedFault>[0];
};

/** An outcome as an attribute. */
export function packOutcome(outcome: Outcome): Packed {
  const { plan, removed, alreadyGone, changed, fault, ...rest } = outcome;
  const known = new Map(plan.decision.rules.map((rule) => [JSON.stringify(rule), rule.id ?? rule]));
  const stored = (rules: readonly Rule[]): readonly StoredRule[] =>
    rules.map((rule) => known.get(JSON.stringify(rule)) ?? rule);
  return pack({
    ...rest,
    removed: stored(removed),
    alreadyGone: stored(alreadyGone),
    changed: stored(changed),
    ...(fault && { fault: { name: fault.name, message: fault.message, retryable: fault.retryable } }),
  } satisfies StoredOutcome);
}

/** The outcome that `packOutcome` stored, with its plan. Throws InputInvalid. */
function unpackOutcome(plan: Plan, packed: Packed): Outcome {
  const stored: StoredOutcome = unpack('outcome', packed);
  const { fault, removed, alreadyGone, changed, ...rest } = stored;
  const byId = new Map(plan.decision.rules.map((rule) => [rule.id, rule]));
  const restored = (rules: readonly StoredRule[]): readonly Rule[] =>
    rules.flatMap((rule) => (typeof rule === 'string' ? (byId.get(rule) ?? []) : rule));
  return {
    plan,
    ...rest,
    removed: restored(removed),
    alreadyGone: restored(alreadyGone),
    changed: restored(changed),
    ...(fault && { fault: new RecordedFault(fault) }),
  };
}

/** The answer in an entry's item. Throws InputInvalid. */
export function answerOf({ answer }: EntryItem): ApprovalAnswer | undefined {
  return answer === undefined ? undefined : unpack('answer', answer);
}

function openEntryOf({ plan, owner = '', dueAt = 0 }: EntryItem): OpenEntry {
  return { plan: unpack('plan', plan), owner, heldUntil: dueAt };
}

function toEntry(item: EntryItem, notes: readonly EntryItem[]): LedgerEntry {
  const { outcome } = item;
  const { plan, owner, heldUntil } = openEntryOf(item);
  const answer = answerOf(item);
  // Notes may outlive their entry. Notes from before the plan belong to an earlier entry of the same case.
  const first = notesPrefix(plan.id) + sortableTime(plan.at);
  const own = notes.filter(({ record = '' }) => record >= first);
  return {
    plan,
    owner,
    heldUntil: outcome === undefined ? heldUntil : 0,
    ...(outcome !== undefined && { outcome: unpackOutcome(plan, outcome) }),
    ...(answer && { answer }),
    postRemovalGrants: own.flatMap(({ grant }): readonly PostRemovalGrant[] =>
      grant === undefined ? [] : [unpack('grant', grant)],
    ),
    completedSteps: own.flatMap(({ step }): readonly CompletedStep[] =>
      step === undefined ? [] : [unpack('step', step)],
    ),
  };
}

/** Entries from the items of plans and their notes, in the order of the sort keys. Throws InputInvalid. */
export function toEntries(items: readonly EntryItem[]): readonly LedgerEntry[] {
  const byPlan = Map.groupBy(items, ({ record = '' }) => planIdOf(record));
  return [...byPlan.values()].flatMap((same) =>
    same.filter(({ plan }) => plan !== undefined).map((item) => toEntry(item, same)),
  );
}

/** The open entries among the current items of some groups, newest plan first. Throws InputInvalid. */
export function openEntries(items: readonly Item[]): readonly OpenEntry[] {
  const all: readonly EntryItem[] = items;
  return all
    .filter(({ record = '' }) => record.startsWith(SORT_KEYS.plan))
    .map(openEntryOf)
    .toSorted((a, b) => b.plan.at - a.plan.at);
}
