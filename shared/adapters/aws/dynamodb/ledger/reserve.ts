import { isAboutCanary } from '../../../../domain/canary.ts';
import { countsAgainstBudget, type Outcome, type Plan, plannedAt, remediationId } from '../../../../domain/decision.ts';
import { InputInvalid } from '../../../../domain/errors.ts';
import type { Reservation } from '../../../../domain/ledger.ts';
import { historyPartition } from '../keys.ts';
import { outcomeKeptUntil } from '../retention.ts';
import { type Attributes, existingItem, pack, putItem, type Table, ttlOf, type Update, updateItem } from '../table.ts';
import { claimAttributes, type EntryItem, keyOf, type PlanClaim, packOutcome } from './items.ts';

/** The ledger's table, and how long an invocation holds a plan, ms. */
export interface LedgerStore extends Table {
  readonly leaseMs: number;
}

/**
 * Reserves a plan: one conditional write if the case is new. An entry that disappears between the write and
 * the read was being deleted by its TTL and counts as busy; the retry can reserve. Throws CallFailed,
 * InputInvalid.
 */
export async function reservePlan(table: LedgerStore, plan: Plan, owner: string): Promise<Reservation> {
  const now = table.clock.now();
  const claim = { owner, until: now + table.leaseMs };
  const result = await putItem(
    table,
    { ...keyOf(plan), ...claimAttributes(claim), ...historyKeys(plan), plan: pack(plan) },
    { condition: 'attribute_not_exists(#record) OR #expiresAt <= :now', values: { now: ttlOf(now) } },
  );
  if (result.written) return 'go';
  const item: EntryItem | undefined = await existingItem(table, keyOf(plan), result.refusal);
  return item === undefined ? 'busy' : await reserveExisting(table, item, plan, claim);
}

/**
 * Index keys that list a remediation in the history, which people read. The canary's remediations are not in
 * it.
 */
function historyKeys(plan: Plan): Attributes {
  return isAboutCanary(plan.decision) ? {} : { period: historyPartition(plan.at), publicId: remediationId(plan) };
}

async function reserveExisting(table: Table, item: EntryItem, plan: Plan, claim: PlanClaim): Promise<Reservation> {
  const { status } = item;
  if (status === undefined) return await takeOver(table, plan, claim);
  if (status === 'held' && countsAgainstBudget(plan)) return 'held';
  return status === 'failed' || status === 'held' ? await reserveAgain(table, item, plan, claim) : 'settled';
}

/**
 * Takes over an unsettled entry that no other invocation holds. The stored plan stays, because it was written
 * before the act.
 */
async function takeOver(table: Table, plan: Plan, { owner, until }: PlanClaim): Promise<Reservation> {
  const result = await updateItem(table, keyOf(plan), {
    set: { owner, dueAt: until },
    condition: 'attribute_exists(#current) AND (#owner = :owner OR #dueAt <= :now)',
    values: { now: table.clock.now() },
  });
  return result.written ? 'resume' : 'busy';
}

/** When the case was first planned, which is part of the id that people know it by. */
function firstPlannedAt({ publicId }: EntryItem, { id }: Plan): number {
  if (publicId === undefined) throw new InputInvalid(`ledger: the entry of plan ${id} has no public id`);
  return plannedAt(publicId);
}

/**
 * Writes a plan over an entry that failed or was held. The entry keeps its id and its notes. A person's
 * answer stays only if the plan goes on because of it; a plan that is held once more needs an answer of its
 * own. Throws CallFailed, InputInvalid.
 */
async function reserveAgain(table: Table, item: EntryItem, plan: Plan, claim: PlanClaim): Promise<Reservation> {
  const result = await updateItem(table, keyOf(plan), {
    set: { ...claimAttributes(claim), plan: pack({ ...plan, at: firstPlannedAt(item, plan) }) },
    remove: ['outcome', 'status', 'expiresAt', ...(plan.approved === undefined ? ['answer'] : [])],
    condition: '#status = :before',
    values: { before: item.status },
  });
  return result.written ? 'again' : 'busy';
}

/**
 * Lists an outcome that waits for a person as due and keeps it until the answer. Any other outcome gets an
 * end.
 */
function filed(outcome: Outcome): Pick<Update, 'set' | 'remove'> {
  const until = outcomeKeptUntil(outcome);
  return until === undefined
    ? { set: { dueAs: outcome.status, dueAt: outcome.plan.at }, remove: ['current'] }
    : { set: { expiresAt: ttlOf(until) }, remove: ['current', 'dueAs', 'dueAt'] };
}

/**
 * Settles the entry of a plan. The first settlement stands: a later one (a repeated request, or a slow
 * invocation whose plan was taken over) changes nothing. Throws CallFailed, and InputInvalid for a plan that
 * was never reserved.
 */
export async function settlePlan(table: Table, outcome: Outcome): Promise<void> {
  const { plan, status } = outcome;
  const { set, remove = [] } = filed(outcome);
  const result = await updateItem(table, keyOf(plan), {
    set: { ...set, outcome: packOutcome(outcome), status },
    remove,
    condition: 'attribute_exists(#current)',
  });
  if (result.written || (await existingItem(table, keyOf(plan), result.refusal)) !== undefined) return;
  throw new InputInvalid(`ledger: plan ${plan.id} was never reserved: reserve it before acting`, {
    cause: result.refusal,
  });
}
