import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { CallFailed } from '../../../../domain/errors.ts';
import type { Allowance, BudgetAccount } from '../../../../domain/ledger.ts';
import { type Random, uuid } from '../../../../domain/random.ts';
import { call } from '../../call.ts';
import { getItem, isRefused } from '../ledger/item.ts';
import { pack } from '../ledger/pack.ts';
import { type Account, accountOf, BUDGET, BUDGET_KEY, type BudgetTable, type Take } from './item.ts';

/** What a take comes to, and what is to be written for it: nothing where it was decided before. */
interface Verdict {
  readonly allowance: Allowance;
  readonly next?: Account;
}

const judge = (account: Account, take: Take, most: number): Verdict => {
  const { taken, spentBy } = account;
  if (taken.some(({ planId }) => planId === take.planId)) return { allowance: 'taken' };
  if (spentBy !== undefined) return { allowance: spentBy === take.planId ? 'spent' : 'held' };
  const sum = taken.reduce((total, { removals }) => total + removals, take.removals);
  return sum <= most
    ? { allowance: 'taken', next: { ...account, taken: [...taken, take] } }
    : { allowance: 'spent', next: { ...account, spentBy: take.planId } };
};

/** Writes the account unless somebody else has written since `version` was read. */
const write = async (table: BudgetTable, { taken, spentBy, version }: Account): Promise<void> => {
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
};

/** Longest pause after a refusal, ms, doubling up to this. */
const LONGEST_PAUSE_MS = 2000;

/** Cut short at random, so that rivals part. */
const pauseAfter = (tries: number, random: Random): number => random() * Math.min(20 * 2 ** tries, LONGEST_PAUSE_MS);

/** Tries, within half a minute, before it is left to the caller's own retry. Of 200 rivals at once none was seen to need more than 8. */
const MOST_TRIES = 30;

/**
 * Takes removals out of the budget by an optimistic write: read, judge, write if nobody has since, else read and judge anew. Throws
 * CallFailed, InputInvalid.
 */
export const take =
  (table: BudgetTable): BudgetAccount['take'] =>
  async (planId, removals, { removalsPerHour }) => {
    for (let tries = 1; ; tries += 1) {
      const item = await getItem(table, BUDGET_KEY);
      const at = table.clock.now();
      const { allowance, next } = judge(accountOf(item, at), { planId, removals, at }, removalsPerHour);
      if (next === undefined) return allowance;
      try {
        await write(table, next);
        return allowance;
      } catch (error) {
        if (!isRefused(error)) throw error;
        if (tries === MOST_TRIES) throw new CallFailed(error.call, error.code, true, error);
        await table.clock.sleep(pauseAfter(tries, table.random));
      }
    }
  };
