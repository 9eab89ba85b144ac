import { Duration } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { EventSourceMapping, type Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import { type ITopic, SubscriptionProtocol } from 'aws-cdk-lib/aws-sns';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { ALERT_QUEUE } from '../shared/catalogue.ts';
import { queueEncryption } from './encryption.ts';
import { lostEvents } from './queue.ts';

/** Where messages wait for on-alert. */
export interface AlertQueue {
  readonly waiting: IQueue;
  /** Messages that no channel took in all their attempts. */
  readonly undelivered: IQueue;
}

/** The notices, each in a queue until it is delivered, and then, if it never is, in another. */
export function alertQueue(scope: Construct, notices: ITopic, key: IKey | undefined): AlertQueue {
  const undelivered = lostEvents(scope, 'UndeliveredAlerts', key);
  const waiting = new Queue(scope, ALERT_QUEUE.id, {
    retentionPeriod: Duration.days(4),
    visibilityTimeout: Duration.seconds(ALERT_QUEUE.visibilitySeconds),
    deadLetterQueue: { queue: undelivered, maxReceiveCount: ALERT_QUEUE.receives },
    enforceSSL: true,
    ...queueEncryption(key),
  });
  const sns = new ServicePrincipal('sns.amazonaws.com');
  key?.grant(sns, 'kms:Decrypt', 'kms:GenerateDataKey*');
  waiting.addToResourcePolicy(
    new PolicyStatement({
      actions: ['sqs:SendMessage'],
      principals: [sns],
      resources: [waiting.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': notices.topicArn } },
    }),
  );
  // SqsSubscription would name the topic in the key's policy, and the topic is encrypted with the key: neither could be made first.
  notices.addSubscription({
    bind: () => ({
      subscriberScope: scope,
      subscriberId: 'AlertsSubscription',
      protocol: SubscriptionProtocol.SQS,
      endpoint: waiting.queueArn,
      rawMessageDelivery: true,
      deadLetterQueue: undelivered,
    }),
  });
  return { waiting, undelivered };
}

/**
 * Feeds the queue to on-alert. Two invocations at once is the least that Lambda can be held to: Slack takes one message a second for a
 * channel.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
export const feed = (scope: Construct, { waiting }: AlertQueue, onAlert: Lambda): EventSourceMapping =>
  new EventSourceMapping(scope, 'AlertFeed', {
    target: onAlert,
    eventSourceArn: waiting.queueArn,
    batchSize: ALERT_QUEUE.batch,
    maxConcurrency: 2,
    reportBatchItemFailures: true,
  });
