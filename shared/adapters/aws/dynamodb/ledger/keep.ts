import { isAboutCanary } from '../../../../domain/canary.ts';
import type { Outcome } from '../../../../domain/decision.ts';
import type { Exemption } from '../../../../domain/exemption.ts';
import type { Answer } from '../../../../domain/requests/follow-up.ts';

const DAY_MS = 86_400_000;

/** What was removed can be put back through the next yearly audit. */
const AUDIT_MS = 400 * DAY_MS;

/** The canary's marker is put again within the hour, and what is left of one is read with each of the next. */
const CANARY_MS = DAY_MS;

/** What was only told, or declined, is told again where it still stands. */
const REPORT_MS = 30 * DAY_MS;

/** What an entry that waits for a person is told by. */
export type Waiting = Extract<Outcome['status'], 'pending' | 'held'>;

/** Whether a settled entry waits for a person. */
export const isWaiting = (status: Outcome['status']): status is Waiting => status === 'pending' || status === 'held';

/** Until when a settled entry is kept, ms since the epoch; undefined while it waits. */
export const keptUntil = ({ status, removed, at, plan }: Outcome): number | undefined => {
  if (isWaiting(status)) return undefined;
  if (isAboutCanary(plan.decision)) return at + CANARY_MS;
  return at + (status === 'done' || removed.length > 0 ? AUDIT_MS : REPORT_MS);
};

/** Until when an entry is kept that a person has answered, ms since the epoch. A removal that came of it has an entry of its own. */
export const answeredUntil = ({ at }: Pick<Answer, 'at'>): number => at + REPORT_MS;

/** Until when a note on an entry is kept that is made now, ms since the epoch. */
export const notedUntil = (now: number): number => now + AUDIT_MS;

/** Until when an exemption is kept, ms since the epoch. */
export const exemptionKeptUntil = ({ until, ended }: Exemption): number =>
  Math.min(until, ended?.at ?? Number.POSITIVE_INFINITY) + AUDIT_MS;
