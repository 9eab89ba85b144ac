import { CANARY_LATE_MS } from '../domain/canary.ts';
import type { CanaryRequest, DeadLetterKind, SweepRequest } from '../domain/invocations.ts';
import { FUNCTIONS, type FunctionId } from './functions.ts';

/**
 * The alert queue, which invokes on-alert: its id in the stack, messages in a batch, and deliveries before a
 * message goes to the dead-letter queue. AWS recommends a visibility timeout of six times the function's
 * timeout. If 3 of 10 deliveries fail, 1 of 170,000 messages goes to the dead-letter queue.
 */
export const ALERT_QUEUE = {
  id: 'Alerts',
  batch: 10,
  receives: 10,
  visibilitySeconds: 6 * FUNCTIONS.onAlert.timeoutSeconds,
} as const;

/**
 * Dead-letter queues by their ids in the stack, with the kind of their messages and the functions that these
 * were for.
 */
export const DEAD_LETTERS = {
  UndeliveredEvents: { kind: 'event', of: ['onChange', 'onSchedule', 'onConfig'] },
  FailedChanges: { kind: 'invocation', of: ['onChange'] },
  FailedGrants: { kind: 'invocation', of: ['onGrant'] },
  FailedSchedules: { kind: 'invocation', of: ['onSchedule'] },
  FailedEvaluations: { kind: 'invocation', of: ['onConfig'] },
  FailedActions: { kind: 'invocation', of: ['onAction'] },
  UndeliveredAlerts: { kind: 'alert', of: [] },
} as const satisfies Readonly<Record<string, { readonly kind: DeadLetterKind; readonly of: readonly FunctionId[] }>>;

/** Id of a dead-letter queue. */
export type DeadLetterQueue = keyof typeof DEAD_LETTERS;

/** How often on-schedule runs, minutes. */
export const SCHEDULE_MINUTES = 5;

/**
 * Schedules of the sweep (UTC) with the requests to on-schedule: every six hours, once a day with the digest.
 */
export const SWEEPS: Readonly<Record<string, { readonly cron: string; readonly request: SweepRequest }>> = {
  Sweep: { cron: 'cron(17 0,12,18 * * ? *)', request: { do: 'sweep', digest: false } },
  SweepWithDigest: { cron: 'cron(17 6 * * ? *)', request: { do: 'sweep', digest: true } },
};

/** Schedule (UTC) and request of the daily check that AWS Config records security groups. */
export const RECORDER_CHECK = { cron: 'cron(41 6 * * ? *)', request: { do: 'check-recorder' } } as const;

/** The canary: its schedule, the request to on-schedule, and the age from which a marker counts as late. */
export const CANARY = { everyMinutes: 30, request: { do: 'canary' }, lateMs: CANARY_LATE_MS } as const satisfies {
  readonly everyMinutes: number;
  readonly request: CanaryRequest;
  readonly lateMs: number;
};
