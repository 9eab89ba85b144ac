import { CANARY_LATE_MS } from '../domain/canary.ts';
import type { DeadLetterKind } from '../domain/dead-letter.ts';
import type { CanaryRequest, SweepRequest } from '../domain/invocations.ts';
import { FUNCTIONS, type FunctionId } from './functions.ts';

/**
 * How the alert queue, by its id in the stack, feeds on-alert: messages a batch, how often one is tried before it is given up, and
 * for how long it is hidden meanwhile: as AWS has it, six times the function's timeout, else a message that is being delivered comes to another
 * invocation, too. At 3 messages of 10 refused, 1
 * of 170,000 is given up.
 */
export const ALERT_QUEUE = {
  id: 'Alerts',
  batch: 10,
  receives: 10,
  visibilitySeconds: 6 * FUNCTIONS.onAlert.timeoutSeconds,
} as const;

/** Queues of what found no way, by their ids in the stack: what lies in each, and the functions that it may be for. */
export const DEAD_LETTERS = {
  UndeliveredEvents: { kind: 'event', of: ['onChange', 'onSchedule', 'onConfig'] },
  FailedChanges: { kind: 'invocation', of: ['onChange'] },
  FailedGrants: { kind: 'invocation', of: ['onGrant'] },
  FailedSchedules: { kind: 'invocation', of: ['onSchedule'] },
  FailedEvaluations: { kind: 'invocation', of: ['onConfig'] },
  FailedActions: { kind: 'invocation', of: ['onAction'] },
  UndeliveredAlerts: { kind: 'alert', of: [] },
} as const satisfies Readonly<Record<string, { readonly kind: DeadLetterKind; readonly of: readonly FunctionId[] }>>;

/** Id of such a queue. */
export type DeadLetterQueue = keyof typeof DEAD_LETTERS;

/** How often on-schedule runs, minutes. */
export const SCHEDULE_MINUTES = 5;

/** When the regions are swept, as EventBridge writes it (UTC), and what on-schedule is told: every six hours, once a day with the digest. */
export const SWEEPS: Readonly<Record<string, { readonly cron: string; readonly request: SweepRequest }>> = {
  Sweep: { cron: 'cron(17 0,12,18 * * ? *)', request: { do: 'sweep', digest: false } },
  SweepWithDigest: { cron: 'cron(17 6 * * ? *)', request: { do: 'sweep', digest: true } },
};

/** When on-config looks whether AWS Config records groups (UTC), and what it is told. */
export const RECORDER_CHECK = { cron: 'cron(41 6 * * ? *)', request: { do: 'check-recorder' } } as const;

/** The canary: how often a marker is put, what on-schedule is told then, and from what age on one is late. */
export const CANARY = { everyMinutes: 30, request: { do: 'canary' }, lateMs: CANARY_LATE_MS } as const satisfies {
  readonly everyMinutes: number;
  readonly request: CanaryRequest;
  readonly lateMs: number;
};
