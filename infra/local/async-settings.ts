import {
  DEAD_LETTERS,
  type DeadLetterQueue,
  DOORS,
  type Door,
  type DoorSpec,
  type FunctionId,
} from '../../shared/catalogue.ts';
import type { AsyncSettings } from './invocation.ts';

/** The aliases of each function that has any, as the catalogue declares them. */
export const ALL_DOORS: Partial<Readonly<Record<FunctionId, Partial<Readonly<Record<Door, DoorSpec>>>>>> = DOORS;

/** Queues of events and invocations that are given up; the alert queue has its own. */
export const FAILURE_QUEUES: readonly DeadLetterQueue[] = [
  'UndeliveredEvents',
  'FailedChanges',
  'FailedGrants',
  'FailedSchedules',
  'FailedEvaluations',
  'FailedActions',
];

const QUEUES: Readonly<Record<DeadLetterQueue, { readonly kind: string; readonly of: readonly FunctionId[] }>> =
  DEAD_LETTERS;

/** How Lambda treats asynchronous invocations of a function of the cell and of its aliases, as the stack sets it. */
interface FunctionSettings extends AsyncSettings {
  readonly aliases: Readonly<Record<string, AsyncSettings>>;
}

/**
 * The settings of a function. The alert queue feeds on-alert, so it has no failure queue.
 *
 * @param arnOf ARN of a queue by its id in the stack.
 */
export function asyncSettings(id: FunctionId, arnOf: (queue: DeadLetterQueue) => string): FunctionSettings {
  const queue = FAILURE_QUEUES.find((one) => QUEUES[one].kind === 'invocation' && QUEUES[one].of.includes(id));
  const failures: AsyncSettings = queue === undefined ? {} : { failureQueueArn: arnOf(queue) };
  const doors = Object.entries(ALL_DOORS[id] ?? {});
  const aliases = Object.fromEntries(
    doors.map(([door, { retries, maxAgeMinutes }]) => [
      door,
      { retries, maxEventAgeMs: maxAgeMinutes * 60_000, ...failures },
    ]),
  );
  // A function with aliases refuses every invocation by its bare name, so that another attempt is of no use.
  return { ...failures, aliases, ...(doors.length > 0 && { retries: 0 }) };
}
