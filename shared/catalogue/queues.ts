import type { DeadLetterKind } from '../domain/notifications/dead-letter.ts';
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
