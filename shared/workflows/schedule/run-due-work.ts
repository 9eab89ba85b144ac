import { Unfinished } from '../../domain/errors.ts';
import type { CanaryQueue } from '../../domain/invocations.ts';
import { settleAll } from '../../remediation/settle-all.ts';
import type { DutyResult, ScheduleCell } from './cell.ts';
import {
  abandonedPlans,
  dueRechecks,
  endedBursts,
  interruptedAnswers,
  overdueApprovals,
  unconfirmedChanges,
} from './due-work.ts';
import { expiredExemptions, expiringExemptions } from './exemptions.ts';

/** Asks for the canary in each region, whatever becomes of the others. Throws Unfinished with every fault. */
export async function putCanaries(
  regions: readonly string[],
  ports: { readonly canaries: CanaryQueue },
): Promise<void> {
  const { faults } = await settleAll(regions.map(async (region) => await ports.canaries.requestMarker(region)));
  if (faults.length > 0) throw new Unfinished(faults);
}

const DUTIES = [
  overdueApprovals,
  interruptedAnswers,
  expiringExemptions,
  expiredExemptions,
  abandonedPlans,
  dueRechecks,
  endedBursts,
  unconfirmedChanges,
];

/** One duty to its end: everything that is due, whatever becomes of each. */
async function runDuty(duty: (typeof DUTIES)[number], cell: ScheduleCell) {
  const due = await duty(cell);
  return await settleAll(due.map(async (task) => await task()));
}

/**
 * What time brings about: approvals that nobody gave, answers that broke off, exemptions that run out, entries that a dead invocation
 * left open, groups that are due to be looked at again, what a storm kept from people, what waits for CloudTrail. Each is independent of
 * the others' faults, and of how often it is called: what was done is on the record.
 *
 * @returns what was done.
 * @throws Unfinished once everything else is done, with every fault.
 */
export async function runDueWork(cell: ScheduleCell): Promise<readonly DutyResult[]> {
  const { outcomes, faults } = await settleAll(DUTIES.map(async (duty) => await runDuty(duty, cell)));
  const all = [...faults, ...outcomes.flatMap((one) => one.faults)];
  if (all.length > 0) throw new Unfinished(all);
  return outcomes.flatMap((one) => one.outcomes);
}
