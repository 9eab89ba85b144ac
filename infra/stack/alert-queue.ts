import { Duration } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type Alias, CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { type ITopic, SubscriptionProtocol } from 'aws-cdk-lib/aws-sns';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { ALERT_QUEUE } from '../../shared/catalogue.ts';
import { acceptFindings } from './accepted-findings.ts';
import { queueEncryption, SQS_MANAGED_KEY } from './encryption.ts';
import { lostEvents, writtenOnlyBy } from './queue.ts';

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
  if (!key) acceptFindings(waiting, SQS_MANAGED_KEY);
  const sns = new ServicePrincipal('sns.amazonaws.com');
  key?.grant(sns, 'kms:Decrypt', 'kms:GenerateDataKey*');
  writtenOnlyBy(waiting, { service: 'sns.amazonaws.com', sourceArns: [notices.topicArn] });
  // The topic writes what it cannot deliver. SQS itself moves what was received too often, without asking this policy.
  writtenOnlyBy(undelivered, { service: 'sns.amazonaws.com', sourceArns: [notices.topicArn] });
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
 * Feeds the queue to on-alert, by its door for events. Two invocations at once is the least that Lambda can be held to: Slack takes one message a second for a
 * channel.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
export const feed = (scope: Construct, { waiting }: AlertQueue, onAlert: Alias): CfnEventSourceMapping =>
  new CfnEventSourceMapping(scope, 'AlertFeed', {
    functionName: onAlert.functionArn,
    eventSourceArn: waiting.queueArn,
    batchSize: ALERT_QUEUE.batch,
    scalingConfig: { maximumConcurrency: 2 },
    functionResponseTypes: ['ReportBatchItemFailures'],
  });
