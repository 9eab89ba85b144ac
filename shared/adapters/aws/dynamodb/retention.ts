import { isAboutCanary } from '../../../domain/canary.ts';
import type { Outcome } from '../../../domain/decision.ts';
import type { Exemption } from '../../../domain/exemption.ts';
import type { ApprovalAnswer } from '../../../domain/ledger.ts';

const DAY_MS = 86_400_000;

/** A removal can be undone through the next yearly audit. */
const AUDIT_MS = 400 * DAY_MS;

/** The canary opens its marker again within the hour, and each run reads what is left of the runs before. */
const CANARY_MS = DAY_MS;

/** What was only reported, or declined, is reported again after this time if it still stands. */
const REPORT_MS = 30 * DAY_MS;

/** Statuses of entries that wait for a person. */
export type WaitingStatus = Extract<Outcome['status'], 'pending' | 'held'>;

/** Whether a settled entry waits for a person. */
export function isWaiting(status: Outcome['status']): status is WaitingStatus {
  return status === 'pending' || status === 'held';
}

/** Until when a settled entry is kept, ms since the epoch; undefined while it waits. */
export function outcomeKeptUntil({ status, removed, at, plan }: Outcome): number | undefined {
  if (isWaiting(status)) return undefined;
  if (isAboutCanary(plan.decision)) return at + CANARY_MS;
  return at + (status === 'done' || removed.length > 0 ? AUDIT_MS : REPORT_MS);
}

/**
 * Until when an answered entry is kept, ms since the epoch. A removal that follows from the answer has an
 * entry of its own.
 */
export function answerKeptUntil({ at }: Pick<ApprovalAnswer, 'at'>): number {
  return at + REPORT_MS;
}

/** Until when a note written at `now` is kept, ms since the epoch. */
export function noteKeptUntil(now: number): number {
  return now + AUDIT_MS;
}

/** Until when an exemption is kept, ms since the epoch. */
export function exemptionKeptUntil({ until, ended }: Exemption): number {
  return Math.min(until, ended?.at ?? Number.POSITIVE_INFINITY) + AUDIT_MS;
}
