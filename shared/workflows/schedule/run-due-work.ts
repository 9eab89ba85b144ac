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

/** Requests the canary in each region. Throws Unfinished with all faults after all requests. */
export async function putCanaries(
  regions: readonly string[],
  ports: { readonly canaryQueue: CanaryQueue },
): Promise<void> {
  const { faults } = await settleAll(regions.map(async (region) => await ports.canaryQueue.requestMarker(region)));
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

/** Does everything that is due for one duty. */
async function runDuty(duty: (typeof DUTIES)[number], cell: ScheduleCell) {
  const due = await duty(cell);
  return await settleAll(due.map(async (task) => await task()));
}

/**
 * Does all work that is due at this time: overdue approvals, interrupted answers, exemptions that end,
 * abandoned plans, rechecks, digests of alert bursts, and what waits for CloudTrail. A fault in one duty
 * stops no other duty, and repeated runs do nothing twice.
 *
 * @returns what was done.
 * @throws Unfinished after everything else is done, with all faults.
 */
export async function runDueWork(cell: ScheduleCell): Promise<readonly DutyResult[]> {
  const { outcomes, faults } = await settleAll(DUTIES.map(async (duty) => await runDuty(duty, cell)));
  const all = [...faults, ...outcomes.flatMap((one) => one.faults)];
  if (all.length > 0) throw new Unfinished(all);
  return outcomes.flatMap((one) => one.outcomes);
}
