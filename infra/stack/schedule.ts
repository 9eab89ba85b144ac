import { Duration } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { CANARY, SCHEDULE_MINUTES, SWEEPS } from '../../shared/catalogue.ts';
import { eventTarget } from './event-target.ts';

/** Calls on-schedule, by its door for events, every few minutes. A call that could not be handed over until the next one is due is of no use any more. */
export const schedule = (scope: Construct, events: Alias, deadLetterQueue: IQueue): Rule =>
  new Rule(scope, 'Schedule', {
    description: 'Portcullis: keep the times',
    schedule: Schedule.rate(Duration.minutes(SCHEDULE_MINUTES)),
    targets: [
      eventTarget(events, {
        deadLetterQueue,
        maxAge: Duration.minutes(SCHEDULE_MINUTES),
        retries: 10,
      }),
    ],
  });

/** Has on-schedule sweep the regions at the catalogue's times. A call that comes an hour late is left to the next. */
export const sweeps = (scope: Construct, events: Alias, deadLetterQueue: IQueue): readonly Rule[] =>
  Object.entries(SWEEPS).map(
    ([id, { cron, request }]) =>
      new Rule(scope, id, {
        description: `Portcullis: sweep${request.digest ? ', and tell the digest' : ''}`,
        schedule: Schedule.expression(cron),
        targets: [
          eventTarget(events, {
            deadLetterQueue,
            input: RuleTargetInput.fromObject(request),
            maxAge: Duration.hours(1),
            retries: 10,
          }),
        ],
      }),
  );

/** Has on-schedule put the canary's markers. A call that cannot be handed over until the next one is due is of no use any more. */
export const canary = (scope: Construct, events: Alias, deadLetterQueue: IQueue): Rule =>
  new Rule(scope, 'Canary', {
    description: 'Portcullis: put the canary',
    schedule: Schedule.rate(Duration.minutes(CANARY.everyMinutes)),
    targets: [
      eventTarget(events, {
        deadLetterQueue,
        input: RuleTargetInput.fromObject(CANARY.request),
        maxAge: Duration.minutes(CANARY.everyMinutes),
        retries: 10,
      }),
    ],
  });
