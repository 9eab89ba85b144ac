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

/** A queue for events that found no way: kept as long as SQS can, 14 days, for somebody to look and to send them again. */
export function deadLetterQueue(scope: Construct, id: DeadLetterQueue, key: IKey | undefined): Queue {
  const queue = new Queue(scope, id, {
    retentionPeriod: Duration.days(14),
    enforceSSL: true,
    ...queueEncryption(key),
  });
  if (!key) acceptFindings(queue, SQS_MANAGED_KEY);
  return queue;
}

/** Who may write: one role, or one service in the name of these resources. */
export type Sender =
  | { readonly role: IRole }
  | {
      /** Such as `events.amazonaws.com`. */
      readonly service: string;
      readonly sourceArns: readonly string[];
    };

/** Only AWS sets these keys, so that nobody can claim to be somebody else. A request without the key is refused, too. */
function unlessSender(writer: Sender): Record<string, unknown> {
  return {
    ArnNotEquals:
      'role' in writer
        ? { 'aws:PrincipalArn': writer.role.roleArn }
        : { 'aws:SourceArn': onlyOrAll(writer.sourceArns) },
  };
}

function onlyOrAll(arns: readonly string[]): string | readonly string[] {
  return arns.length === 1 ? (arns[0] ?? '') : arns;
}

/**
 * Nobody writes into this queue but its one writer. A message of the queue is acted on later: on-alert tells people what it says, and
 * whoever redrives does so with the permissions of an administrator.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html (aws:PrincipalArn: of a session, its role)
 */
export function restrictSenders(queue: IQueue, writer: Sender): void {
  const what = { actions: ['sqs:SendMessage'], resources: [queue.queueArn] };
  if ('service' in writer)
    queue.addToResourcePolicy(
      new PolicyStatement({
        ...what,
        principals: [new ServicePrincipal(writer.service)],
        conditions: { ArnEquals: { 'aws:SourceArn': onlyOrAll(writer.sourceArns) } },
      }),
    );
  queue.addToResourcePolicy(
    new PolicyStatement({
      ...what,
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      conditions: unlessSender(writer),
    }),
  );
}

/** Where messages wait for on-alert. */
export interface AlertQueue {
  readonly waiting: IQueue;
  /** Messages that no channel took in all their attempts. */
  readonly undelivered: IQueue;
}

/** The notices, each in a queue until it is delivered, and then, if it never is, in another. */
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
  // The topic writes what it cannot deliver. SQS itself moves what was received too often, without asking this policy.
  restrictSenders(undelivered, { service: 'sns.amazonaws.com', sourceArns: [notices.topicArn] });
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
export function alertEventSource(scope: Construct, { waiting }: AlertQueue, onAlert: Alias): CfnEventSourceMapping {
  return new CfnEventSourceMapping(scope, 'AlertFeed', {
    functionName: onAlert.functionArn,
    eventSourceArn: waiting.queueArn,
    batchSize: ALERT_QUEUE.batch,
    scalingConfig: { maximumConcurrency: 2 },
    functionResponseTypes: ['ReportBatchItemFailures'],
  });
}
