import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { EVENT_PATTERNS } from '../shared/catalogue.ts';

/** Brings every event that the catalogue's patterns match to the function; what cannot be delivered within a day, to the queue. */
export const changeRules = (scope: Construct, onChange: IFunction, deadLetterQueue: IQueue): readonly Rule[] =>
  Object.entries(EVENT_PATTERNS).map(
    ([name, { 'detail-type': detailType, source, detail }]) =>
      new Rule(scope, `Rule-${name}`, {
        description: `Portcullis: ${name}`,
        eventPattern: { source: [...source], detailType: [...detailType], detail },
        targets: [new LambdaFunction(onChange, { deadLetterQueue })],
      }),
  );
