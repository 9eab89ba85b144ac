import { CallFailed } from '../../../domain/errors.ts';
import type { Attribution } from '../../../domain/identity.ts';
import type { Allowance, RemovalBudget } from '../../../domain/ledger.ts';
import type { Budget } from '../../../domain/policy.ts';
import { type Random, uuid } from '../../../domain/runtime.ts';
import { ACCOUNT, type ItemKey, SORT_KEYS } from './keys.ts';
import { bind, getItem, type Packed, pack, type Table, unpack, updateItem } from './table.ts';

/** The budget in the ledger's table, shared by every invocation of the cell. */
export function budgetIn(table: Table): RemovalBudget {
  return bind(table, { spend: spendBudget, resume: resumeBudget });
}

/** How far back the budget counts, ms: 60 minutes. */
const WINDOW_MS = 3_600_000;

/** One item for the account, so that one condition guards every write. */
const KEY: ItemKey = { subject: ACCOUNT, record: SORT_KEYS.budget };

/** What one plan removed, and when (milliseconds since the epoch). */
interface BudgetUse {
  readonly planId: string;
  readonly removals: number;
  readonly at: number;
}

/**
 * The item of the budget. `version` is new with every write; absent before the first. `spentBy` is the plan
 * that found it spent.
 */
interface BudgetItem {
  readonly taken?: Packed;
  readonly spentBy?: string;
  readonly version?: string;
}

/** The state of the budget, without what was removed more than 60 minutes ago. */
interface BudgetState extends Omit<BudgetItem, 'taken'> {
  readonly taken: readonly BudgetUse[];
}

async function readBudget(table: Table): Promise<BudgetState> {
  const item: BudgetItem | undefined = await getItem(table, KEY);
  if (item === undefined) return { taken: [] };
  const taken: readonly BudgetUse[] = unpack('taken', item.taken);
  const now = table.clock.now();
  return { ...item, taken: taken.filter(({ at }) => at > now - WINDOW_MS) };
}

/**
 * How much of the budget a use gets, and the state to write. The state is absent if the use was decided
 * before.
 */
interface BudgetDecision {
  readonly allowance: Allowance;
  readonly next?: BudgetState;
}

function decide(state: BudgetState, use: BudgetUse, limit: number): BudgetDecision {
  const { taken, spentBy } = state;
  if (taken.some(({ planId }) => planId === use.planId)) return { allowance: 'taken' };
  if (spentBy !== undefined) return { allowance: spentBy === use.planId ? 'spent' : 'held' };
  const sum = taken.reduce((total, { removals }) => total + removals, use.removals);
  return sum <= limit
    ? { allowance: 'taken', next: { ...state, taken: [...taken, use] } }
    : { allowance: 'spent', next: { ...state, spentBy: use.planId } };
}

/** Longest pause after a rejected write, ms. The pause doubles up to this. */
const MAX_PAUSE_MS = 2000;

/** A random part of the pause, so that competing invocations spread out. */
function pauseAfter(attempt: number, random: Random): number {
  return random() * Math.min(20 * 2 ** attempt, MAX_PAUSE_MS);
}

/**
 * Attempts, within half a minute, before the caller's own retry. Of 200 concurrent invocations none needed
 * more than 8.
 */
const MAX_ATTEMPTS = 30;

/**
 * Spends by an optimistic write: read, decide, write unless another invocation has written since. Throws
 * CallFailed, InputInvalid.
 */
async function spendBudget(
  table: Table,
  planId: string,
  removals: number,
  { removalsPerHour }: Pick<Budget, 'removalsPerHour'>,
): Promise<Allowance> {
  for (let attempt = 1; ; attempt += 1) {
    const state = await readBudget(table);
    const use = { planId, removals, at: table.clock.now() };
    const { allowance, next } = decide(state, use, removalsPerHour);
    if (next === undefined) return allowance;
    const result = await updateItem(table, KEY, {
      set: { taken: pack(next.taken), spentBy: next.spentBy, version: uuid(table.random) },
      condition: state.version === undefined ? 'attribute_not_exists(#version)' : '#version = :before',
      values: { before: state.version },
    });
    if (result.written) return allowance;
    const { refusal } = result;
    if (attempt === MAX_ATTEMPTS) throw new CallFailed(refusal.call, refusal.code, true, refusal);
    await table.clock.sleep(pauseAfter(attempt, table.random));
  }
}

/**
 * Restarts the count and records who asked for it. An invocation that is spending decides again. Throws
 * CallFailed.
 */
async function resumeBudget(table: Table, asked: Attribution): Promise<void> {
  await updateItem(table, KEY, {
    set: { taken: pack([]), version: uuid(table.random), resumed: pack(asked) },
    remove: ['spentBy'],
  });
}
