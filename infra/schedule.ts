import { Duration } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { CANARY, SCHEDULE_MINUTES, SWEEPS } from '../shared/catalogue.ts';

/** Calls on-schedule every few minutes. A call that could not be handed over until the next one is due is of no use any more. */
export const schedule = (scope: Construct, onSchedule: IFunction, deadLetterQueue: IQueue): Rule =>
  new Rule(scope, 'Schedule', {
    description: 'Portcullis: keep the times',
    schedule: Schedule.rate(Duration.minutes(SCHEDULE_MINUTES)),
    targets: [
      new LambdaFunction(onSchedule, {
        deadLetterQueue,
        maxEventAge: Duration.minutes(SCHEDULE_MINUTES),
        retryAttempts: 10,
      }),
    ],
  });

/** Has on-schedule sweep the regions at the catalogue's times. A call that comes an hour late is left to the next. */
export const sweeps = (scope: Construct, onSchedule: IFunction, deadLetterQueue: IQueue): readonly Rule[] =>
  Object.entries(SWEEPS).map(
    ([id, { cron, request }]) =>
      new Rule(scope, id, {
        description: `Portcullis: sweep${request.digest ? ', and tell the digest' : ''}`,
        schedule: Schedule.expression(cron),
        targets: [
          new LambdaFunction(onSchedule, {
            deadLetterQueue,
            event: RuleTargetInput.fromObject(request),
            maxEventAge: Duration.hours(1),
            retryAttempts: 10,
          }),
        ],
      }),
  );

/** Has on-schedule put the canary's markers. A call that cannot be handed over until the next one is due is of no use any more. */
export const canary = (scope: Construct, onSchedule: IFunction, deadLetterQueue: IQueue): Rule =>
  new Rule(scope, 'Canary', {
    description: 'Portcullis: put the canary',
    schedule: Schedule.rate(Duration.minutes(CANARY.everyMinutes)),
    targets: [
      new LambdaFunction(onSchedule, {
        deadLetterQueue,
        event: RuleTargetInput.fromObject(CANARY.request),
        maxEventAge: Duration.minutes(CANARY.everyMinutes),
        retryAttempts: 10,
      }),
    ],
  });
