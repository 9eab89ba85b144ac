import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { CallFailed } from '../../../domain/errors.ts';
import type { Allowance, RemovalBudget } from '../../../domain/ledger.ts';
import { type Clock, type Random, uuid } from '../../../domain/runtime.ts';
import { call } from '../call.ts';
import { ACCOUNT, itemKey, SORT_KEYS } from './keys.ts';
import { getItem, type Item, isConditionFailed, pack, packedText, type Table } from './table.ts';

/** The time that the budget looks back, ms: 60 minutes. */
const WINDOW_MS = 3_600_000;

/** Attributes of the budget's item. */
const BUDGET = { taken: 'taken', spentBy: 'spentBy', version: 'version', resumed: 'resumed' } as const;

/** The ledger's table, and a clock that can wait. */
export type BudgetTable = Table & { readonly clock: Pick<Clock, 'now' | 'sleep'> };

/** Where the budget is: one item for the account, so that one condition guards every take. */
const BUDGET_KEY = itemKey(ACCOUNT, SORT_KEYS.budget);

/** What one plan took, at which time (milliseconds since the epoch). */
interface BudgetUse {
  readonly planId: string;
  readonly removals: number;
  readonly at: number;
}

/** The budget's state. `version` is new with every write; absent before the first. */
interface BudgetState {
  readonly taken: readonly BudgetUse[];
  readonly spentBy?: string;
  readonly version?: string;
}

/** The state as an item has it, without what was taken more than 60 minutes before `now`. Throws InputInvalid. */
function budgetStateOf(item: Item | undefined, now: number): BudgetState {
  if (item === undefined) return { taken: [] };
  const taken: readonly BudgetUse[] = JSON.parse(packedText(BUDGET.taken, item[BUDGET.taken]));
  const { [BUDGET.spentBy]: spentBy, [BUDGET.version]: version } = item;
  return {
    taken: taken.filter(({ at }) => at > now - WINDOW_MS),
    ...(spentBy?.S !== undefined && { spentBy: spentBy.S }),
    ...(version?.S !== undefined && { version: version.S }),
  };
}

/** The budget in the ledger's table, shared by every invocation of the cell. */
export function budgetIn(table: BudgetTable): RemovalBudget {
  return { spend: takeFromBudget(table), resume: resumeBudget(table) };
}

/** What a take comes to, and what is to be written for it: nothing where it was decided before. */
interface BudgetDecision {
  readonly allowance: Allowance;
  readonly next?: BudgetState;
}

function decide(account: BudgetState, take: BudgetUse, most: number): BudgetDecision {
  const { taken, spentBy } = account;
  if (taken.some(({ planId }) => planId === take.planId)) return { allowance: 'taken' };
  if (spentBy !== undefined) return { allowance: spentBy === take.planId ? 'spent' : 'held' };
  const sum = taken.reduce((total, { removals }) => total + removals, take.removals);
  return sum <= most
    ? { allowance: 'taken', next: { ...account, taken: [...taken, take] } }
    : { allowance: 'spent', next: { ...account, spentBy: take.planId } };
}

/** Writes the account unless somebody else has written since `version` was read. */
async function writeBudget(table: BudgetTable, { taken, spentBy, version }: BudgetState): Promise<void> {
  const command = new UpdateItemCommand({
    TableName: table.name,
    Key: BUDGET_KEY,
    UpdateExpression: `SET #taken = :taken, #version = :next${spentBy === undefined ? '' : ', #spentBy = :spentBy'}`,
    ConditionExpression: version === undefined ? 'attribute_not_exists(#version)' : '#version = :version',
    ExpressionAttributeNames: {
      '#taken': BUDGET.taken,
      '#version': BUDGET.version,
      ...(spentBy !== undefined && { '#spentBy': BUDGET.spentBy }),
    },
    ExpressionAttributeValues: {
      ':taken': pack(taken),
      ':next': { S: uuid(table.random) },
      ...(version !== undefined && { ':version': { S: version } }),
      ...(spentBy !== undefined && { ':spentBy': { S: spentBy } }),
    },
  });
  await call('UpdateItem', table.dynamoDb.send(command));
}

/** Longest pause after a refusal, ms, doubling up to this. */
const LONGEST_PAUSE_MS = 2000;

/** Cut short at random, so that rivals part. */
function pauseAfter(tries: number, random: Random): number {
  return random() * Math.min(20 * 2 ** tries, LONGEST_PAUSE_MS);
}

/** Tries, within half a minute, before it is left to the caller's own retry. Of 200 rivals at once none was seen to need more than 8. */
const MAX_ATTEMPTS = 30;

/**
 * Takes removals out of the budget by an optimistic write: read, judge, write if nobody has since, else read and judge anew. Throws
 * CallFailed, InputInvalid.
 */
function takeFromBudget(table: BudgetTable): RemovalBudget['spend'] {
  return async (planId, removals, { removalsPerHour }) => {
    for (let tries = 1; ; tries += 1) {
      const item = await getItem(table, BUDGET_KEY);
      const at = table.clock.now();
      const { allowance, next } = decide(budgetStateOf(item, at), { planId, removals, at }, removalsPerHour);
      if (next === undefined) return allowance;
      try {
        await writeBudget(table, next);
        return allowance;
      } catch (error) {
        if (!isConditionFailed(error)) throw error;
        if (tries === MAX_ATTEMPTS) throw new CallFailed(error.call, error.code, true, error);
        await table.clock.sleep(pauseAfter(tries, table.random));
      }
    }
  };
}

/** Starts the count anew, whatever stands, and records who said so. A take that was under way is judged again. Throws CallFailed. */
function resumeBudget(table: Table): RemovalBudget['resume'] {
  return async (asked) => {
    const command = new UpdateItemCommand({
      TableName: table.name,
      Key: BUDGET_KEY,
      UpdateExpression: 'SET #taken = :taken, #version = :next, #resumed = :asked REMOVE #spentBy',
      ExpressionAttributeNames: {
        '#taken': BUDGET.taken,
        '#version': BUDGET.version,
        '#resumed': BUDGET.resumed,
        '#spentBy': BUDGET.spentBy,
      },
      ExpressionAttributeValues: {
        ':taken': pack([]),
        ':next': { S: uuid(table.random) },
        ':asked': pack(asked),
      },
    });
    await call('UpdateItem', table.dynamoDb.send(command));
  };
}
