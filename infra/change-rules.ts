import { Rule } from 'aws-cdk-lib/aws-events';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { EVENT_PATTERNS } from '../shared/catalogue.ts';
import { eventTarget } from './event-target.ts';

/** Brings every event that the catalogue's patterns match to the door for events; what cannot be delivered within a day, to the queue. */
export const changeRules = (scope: Construct, events: Alias, deadLetterQueue: IQueue): readonly Rule[] =>
  Object.entries(EVENT_PATTERNS).map(
    ([name, { 'detail-type': detailType, source, detail }]) =>
      new Rule(scope, `Rule-${name}`, {
        description: `Portcullis: ${name}`,
        eventPattern: { source: [...source], detailType: [...detailType], detail },
        targets: [eventTarget(events, { deadLetterQueue })],
      }),
  );
