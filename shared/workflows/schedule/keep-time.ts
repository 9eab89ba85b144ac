import { Unfinished } from '../../domain/errors.ts';
import { side } from '../../remediation/side.ts';
import { abandoned } from './abandoned.ts';
import { overdue, unheard } from './approvals.ts';
import type { Done, ScheduleCell } from './cell.ts';
import { expired, expiring } from './exemptions.ts';
import { rechecks } from './recheck.ts';
import { gathered } from './storms.ts';
import { unconfirmed } from './unconfirmed.ts';

const DUTIES = [overdue, unheard, expiring, expired, abandoned, rechecks, gathered, unconfirmed];

/** One duty to its end: everything that is due, whatever becomes of each. */
const carryOut = async (duty: (typeof DUTIES)[number], cell: ScheduleCell) => {
  const due = await duty(cell);
  return await side(due.map(async (task) => await task()));
};

/**
 * What time brings about: approvals that nobody gave, answers that broke off, exemptions that run out, entries that a dead invocation
 * left open, groups that are due to be looked at again, what a storm kept from people, what waits for CloudTrail. Each is independent of
 * the others' faults, and of how often it is called: what was done is on the record.
 *
 * @returns what was done.
 * @throws Unfinished once everything else is done, with every fault.
 */
export const keepTime = async (cell: ScheduleCell): Promise<readonly Done[]> => {
  const { outcomes, faults } = await side(DUTIES.map(async (duty) => await carryOut(duty, cell)));
  const all = [...faults, ...outcomes.flatMap((one) => one.faults)];
  if (all.length > 0) throw new Unfinished(all);
  return outcomes.flatMap((one) => one.outcomes);
};
