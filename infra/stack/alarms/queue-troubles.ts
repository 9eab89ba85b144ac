import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { FunctionId } from '../../../shared/catalogue.ts';
import type { CellFunctions } from '../cell-functions.ts';
import { queueTrouble, type Troubles } from './trouble.ts';

/** What it means that something lies in a function's failure queue: whose, the alarm's id, what it says, and the place in the runbook. */
const GIVEN_UP: readonly (readonly [FunctionId, string, string, string])[] = [
  [
    'onChange',
    'FailedChanges',
    'A change failed in all its attempts: what it opened may still be open.',
    'failed-changes',
  ],
  [
    'onGrant',
    'FailedGrants',
    'What was to be granted after a removal was not: somebody may be without access that they should have.',
    'failed-grants',
  ],
  [
    'onSchedule',
    'FailedSchedules',
    'Times were not kept: an exemption may run on, a pending plan wait for ever.',
    'failed-schedules',
  ],
  [
    'onConfig',
    'FailedEvaluations',
    'AWS Config was not told of a group: what it shows of it is old.',
    'failed-evaluations',
  ],
  [
    'onAction',
    'FailedActions',
    'What somebody asked for with a button was not done, and they were not told.',
    'failed-actions',
  ],
];

/** Queues of what found no way. on-alert is fed by a queue with one of its own: nothing calls it asynchronously. */
export const queueTroubles = (undelivered: IQueue, functions: CellFunctions): Troubles => ({
  UndeliveredEvents: queueTrouble(
    undelivered,
    'EventBridge could not hand over an event: what it changed was not looked at.',
    'undelivered-events',
  ),
  ...Object.fromEntries(
    GIVEN_UP.flatMap(([name, id, says, anchor]) => {
      const failed = functions[name]?.failed;
      return failed === undefined ? [] : [[id, queueTrouble(failed, says, anchor)]];
    }),
  ),
});
