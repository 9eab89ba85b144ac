import type { BudgetAccount } from '../../../../domain/ledger.ts';
import type { BudgetTable } from './item.ts';
import { resume } from './resume.ts';
import { take } from './take.ts';

/** The budget in the ledger's table, shared by every invocation of the cell. */
export const budgetAccount = (table: BudgetTable): BudgetAccount => ({ take: take(table), resume: resume(table) });
