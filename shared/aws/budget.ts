import type { BudgetAccount } from '../model/ledger.ts';
import type { BudgetTable } from './budget-item.ts';
import { resume } from './budget-resume.ts';
import { take } from './budget-take.ts';

/** The budget in the ledger's table, shared by every invocation of the cell. */
export const budgetAccount = (table: BudgetTable): BudgetAccount => ({ take: take(table), resume: resume(table) });
