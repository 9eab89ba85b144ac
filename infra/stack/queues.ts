import { Duration } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, type IRole, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type Alias, CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { type ITopic, SubscriptionProtocol } from 'aws-cdk-lib/aws-sns';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { ALERT_QUEUE, type DeadLetterQueue } from '../../shared/catalogue.ts';
import { acceptFindings } from './accepted-findings.ts';
import { queueEncryption, SQS_MANAGED_KEY } from './encryption.ts';

/**
 * A queue for failed events, which keeps them for 14 days, the maximum, so that a person can redrive them.
 */
export function deadLetterQueue(scope: Construct, id: DeadLetterQueue, key: IKey | undefined): Queue {
  const queue = new Queue(scope, id, {
    retentionPeriod: Duration.days(14),
    enforceSSL: true,
    ...queueEncryption(key),
  });
  if (!key) acceptFindings(queue, SQS_MANAGED_KEY);
  return queue;
}

/** The only sender to a queue: a role, or a service on behalf of these resources. */
type Sender =
  | { readonly role: IRole }
  | {
      /** Such as `events.amazonaws.com`. */
      readonly service: string;
      readonly sourceArns: readonly string[];
    };

/**
 * Only AWS sets these condition keys, so a caller cannot forge them. The condition also denies a request
 * without the key.
 */
function unlessSender(sender: Sender): Record<string, unknown> {
  return {
    ArnNotEquals:
      'role' in sender
        ? { 'aws:PrincipalArn': sender.role.roleArn }
        : { 'aws:SourceArn': onlyOrAll(sender.sourceArns) },
  };
}

function onlyOrAll(arns: readonly string[]): string | readonly string[] {
  return arns.length === 1 ? (arns[0] ?? '') : arns;
}

/**
 * Allows only this sender to send messages to the queue. A forged message would be dangerous: on-alert sends
 * its text to people, and an administrator redrives it with far-reaching permissions.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html for
 *   aws:PrincipalArn, which is the ARN of the role for a session
 */
export function restrictSenders(queue: IQueue, sender: Sender): void {
  const send = { actions: ['sqs:SendMessage'], resources: [queue.queueArn] };
  if ('service' in sender)
    queue.addToResourcePolicy(
      new PolicyStatement({
        ...send,
        principals: [new ServicePrincipal(sender.service)],
        conditions: { ArnEquals: { 'aws:SourceArn': onlyOrAll(sender.sourceArns) } },
      }),
    );
  queue.addToResourcePolicy(
    new PolicyStatement({
      ...send,
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      conditions: unlessSender(sender),
    }),
  );
}

/** The queue that invokes on-alert, with its dead-letter queue. */
export interface AlertQueue {
  readonly waiting: IQueue;
  /** Messages that failed in all attempts. */
  readonly undelivered: IQueue;
}

/** Creates the alert queue, which gets every message of the topic. */
export function alertQueue(scope: Construct, notices: ITopic, key: IKey | undefined): AlertQueue {
  const undelivered = deadLetterQueue(scope, 'UndeliveredAlerts', key);
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
  restrictSenders(waiting, { service: 'sns.amazonaws.com', sourceArns: [notices.topicArn] });
  // The topic sends what it cannot deliver. SQS itself moves messages after too many receives; this policy
  // does not apply.
  restrictSenders(undelivered, { service: 'sns.amazonaws.com', sourceArns: [notices.topicArn] });
  // CDK's SqsSubscription would put the topic into the key's policy. The topic depends on the key, so this
  // would be a cycle.
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
 * Invokes on-alert with the messages of the queue, at most twice at a time: Slack accepts one message a
 * second for each channel, and two is the lowest limit that Lambda supports.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
export function alertEventSource(scope: Construct, { waiting }: AlertQueue, onAlert: Alias): CfnEventSourceMapping {
  return new CfnEventSourceMapping(scope, 'AlertFeed', {
    functionName: onAlert.functionArn,
    eventSourceArn: waiting.queueArn,
    batchSize: ALERT_QUEUE.batch,
    scalingConfig: { maximumConcurrency: 2 },
    functionResponseTypes: ['ReportBatchItemFailures'],
  });
}
