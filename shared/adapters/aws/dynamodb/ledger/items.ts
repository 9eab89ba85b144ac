import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { isAboutCanary } from '../../../../domain/canary.ts';
import type { Outcome, Plan } from '../../../../domain/decision.ts';
import { RemediatorError } from '../../../../domain/errors.ts';
import type { Exemption } from '../../../../domain/exemption.ts';
import type { Rule } from '../../../../domain/group.ts';
import type { ApprovalAnswer, CompletedStep, LedgerEntry, PostRemovalGrant } from '../../../../domain/ledger.ts';
import { LEDGER_TABLE, notesPrefix, planIdOf, sortableTime } from '../keys.ts';
import { ATTRIBUTES, type Item, numberAttribute, pack, packedText } from '../table.ts';

/** Who has an unsettled entry, and until when it is left to them (milliseconds since the epoch). */
export interface PlanClaim {
  readonly owner: string;
  readonly until: number;
}

/** What unsettled entries are in the index of what is due. */
export const UNSETTLED = 'unsettled';

/** What entries are there whose answer has yet to have its effect. */
export const ANSWERED = 'answered';

/** Attributes that make an entry an unsettled one, in the indexes too. */
export function claimAttributes({ decision }: Plan, { owner, until }: PlanClaim): Item {
  return {
    [LEDGER_TABLE.unsettled.partitionKey]: { S: decision.group.id },
    [LEDGER_TABLE.due.partitionKey]: { S: UNSETTLED },
    [LEDGER_TABLE.due.sortKey]: numberAttribute(until),
    [ATTRIBUTES.owner]: { S: owner },
  };
}

const DAY_MS = 86_400_000;

/** What was removed can be put back through the next yearly audit. */
const AUDIT_MS = 400 * DAY_MS;

/** The canary's marker is put again within the hour, and what is left of one is read with each of the next. */
const CANARY_MS = DAY_MS;

/** What was only told, or declined, is told again where it still stands. */
const REPORT_MS = 30 * DAY_MS;

/** What an entry that waits for a person is told by. */
export type WaitingStatus = Extract<Outcome['status'], 'pending' | 'held'>;

/** Whether a settled entry waits for a person. */
export function isWaiting(status: Outcome['status']): status is WaitingStatus {
  return status === 'pending' || status === 'held';
}

/** Until when a settled entry is kept, ms since the epoch; undefined while it waits. */
export function outcomeKeptUntil({ status, removed, at, plan }: Outcome): number | undefined {
  if (isWaiting(status)) return undefined;
  if (isAboutCanary(plan.decision)) return at + CANARY_MS;
  return at + (status === 'done' || removed.length > 0 ? AUDIT_MS : REPORT_MS);
}

/** Until when an entry is kept that a person has answered, ms since the epoch. A removal that came of it has an entry of its own. */
export function answerKeptUntil({ at }: Pick<ApprovalAnswer, 'at'>): number {
  return at + REPORT_MS;
}

/** Until when a note on an entry is kept that is made now, ms since the epoch. */
export function noteKeptUntil(now: number): number {
  return now + AUDIT_MS;
}

/** Until when an exemption is kept, ms since the epoch. */
export function exemptionKeptUntil({ until, ended }: Exemption): number {
  return Math.min(until, ended?.at ?? Number.POSITIVE_INFINITY) + AUDIT_MS;
}

/** A fault as the ledger remembers it: the name, the message and whether it was worth a retry, without its cause. */
class RecordedFault extends RemediatorError {
  readonly retryable: boolean;

  constructor(fault: { readonly name: string; readonly message: string; readonly retryable: boolean }) {
    super(fault.message);
    this.name = fault.name;
    this.retryable = fault.retryable;
  }
}

/** A plan as an attribute. */
export function packPlan(plan: Plan): AttributeValue {
  return pack(plan);
}

/** The plan that `packPlan` stored. Throws InputInvalid. */
function unpackPlan(value: AttributeValue | undefined): Plan {
  const plan: Plan = JSON.parse(packedText('plan', value));
  return plan;
}

/** A rule by its id where the plan beside it has the same one in full: tags may make a rule 20 KB, and the item must hold both. */
type StoredRule = Rule | string;

/** An outcome without its plan, which has its own attribute, and with the fault as data. */
type StoredOutcome = Omit<Outcome, 'plan' | 'fault' | 'removed' | 'alreadyGone' | 'changed'> & {
  readonly removed: readonly StoredRule[];
  readonly alreadyGone: readonly StoredRule[];
  readonly changed: readonly StoredRule[];
  readonly fault?: ConstructorParameters<typeof RecordedFault>[0];
};

/** An outcome as an attribute. */
export function packOutcome(outcome: Outcome): AttributeValue {
  const { plan, removed, alreadyGone, changed, fault, ...rest } = outcome;
  const recorded = fault && { name: fault.name, message: fault.message, retryable: fault.retryable };
  const known = new Map(plan.decision.rules.map((rule) => [JSON.stringify(rule), rule.id ?? rule]));
  const stored = (rules: readonly Rule[]): readonly StoredRule[] =>
    rules.map((rule) => known.get(JSON.stringify(rule)) ?? rule);
  return pack({
    ...rest,
    removed: stored(removed),
    alreadyGone: stored(alreadyGone),
    changed: stored(changed),
    ...(recorded && { fault: recorded }),
  } satisfies StoredOutcome);
}

/** The outcome that `packOutcome` stored, joined to its plan. Throws InputInvalid. */
function unpackOutcome(plan: Plan, value: AttributeValue): Outcome {
  const stored: StoredOutcome = JSON.parse(packedText('outcome', value));
  const { fault, removed, alreadyGone, changed, ...outcome } = stored;
  const byId = new Map(plan.decision.rules.map((rule) => [rule.id, rule]));
  const restored = (rules: readonly StoredRule[]): readonly Rule[] =>
    rules.flatMap((rule) => (typeof rule === 'string' ? (byId.get(rule) ?? []) : rule));
  const fields = {
    ...outcome,
    removed: restored(removed),
    alreadyGone: restored(alreadyGone),
    changed: restored(changed),
  };
  return { plan, ...fields, ...(fault && { fault: new RecordedFault(fault) }) };
}

/** The answer that an entry's item has. Throws InputInvalid. */
export function answerOf(item: Item): ApprovalAnswer | undefined {
  const stored = item[ATTRIBUTES.answer];
  if (stored === undefined) return undefined;
  const answer: ApprovalAnswer = JSON.parse(packedText(ATTRIBUTES.answer, stored));
  return answer;
}

function followUpsOf(notes: readonly Item[]): readonly PostRemovalGrant[] {
  return notes.flatMap(({ [ATTRIBUTES.followUp]: stored }): readonly PostRemovalGrant[] =>
    stored === undefined ? [] : [JSON.parse(packedText(ATTRIBUTES.followUp, stored))],
  );
}

function progressOf(notes: readonly Item[]): readonly CompletedStep[] {
  return notes.flatMap(({ [ATTRIBUTES.progress]: stored }): readonly CompletedStep[] =>
    stored === undefined ? [] : [JSON.parse(packedText(ATTRIBUTES.progress, stored))],
  );
}

function toEntry(item: Item, plan: Plan, notes: readonly Item[]): LedgerEntry {
  const { [ATTRIBUTES.outcome]: outcome, [ATTRIBUTES.owner]: owner, [LEDGER_TABLE.due.sortKey]: due } = item;
  const answer = answerOf(item);
  return {
    plan,
    owner: owner?.S ?? '',
    heldUntil: outcome === undefined ? Number(due?.N) : 0,
    ...(outcome && { outcome: unpackOutcome(plan, outcome) }),
    ...(answer && { answer }),
    postRemovalGrants: followUpsOf(notes),
    completedSteps: progressOf(notes),
  };
}

function isPlan(item: Item): boolean {
  return item[ATTRIBUTES.plan] !== undefined;
}

function sortKeyOf(item: Item): string {
  return item[LEDGER_TABLE.sortKey]?.S ?? '';
}

/** Notes may outlive their entry: those from before the plan belong to an earlier one of the same case. */
function entryOf(item: Item, items: readonly Item[]): LedgerEntry {
  const plan = unpackPlan(item[ATTRIBUTES.plan]);
  const first = notesPrefix(plan.id) + sortableTime(plan.at);
  return toEntry(
    item,
    plan,
    items.filter((note) => sortKeyOf(note) >= first),
  );
}

/** Entries out of their items: a plan's own, and its notes, in the order of the sort keys. Throws InputInvalid. */
export function toEntries(items: readonly Item[]): readonly LedgerEntry[] {
  const byPlan = Map.groupBy(items, (item) => planIdOf(sortKeyOf(item)));
  return [...byPlan.values()].flatMap((same) => same.filter(isPlan).map((item) => entryOf(item, same)));
}
