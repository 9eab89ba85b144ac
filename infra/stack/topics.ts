import { Stack } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { AnyPrincipal, Effect, type IRole, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, type IKey } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { acceptFindings } from './accepted-findings.ts';

/** The topics that people subscribe to. */
export interface Topics {
  /** What Portcullis closed, and what is open. */
  readonly notices: Topic;
  /** Failures of Portcullis itself. */
  readonly alarms: Topic;
}

/** The AWS managed key of SNS. */
function awsManagedKey(scope: Construct, id: string): IKey {
  return Alias.fromAliasName(scope, id, 'alias/aws/sns');
}

/**
 * Creates both topics, which accept only TLS. Notices contain names of groups and people, so they are
 * encrypted with the customer managed key or with SNS's AWS managed key. CloudWatch and EventBridge cannot
 * use the AWS managed key, so alarms, which contain only the length of a queue or a number of errors, are
 * encrypted only with a customer managed key.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export function topics(scope: Construct, key: IKey | undefined, email: string | undefined): Topics {
  const notices = new Topic(scope, 'Notices', {
    displayName: 'Portcullis',
    masterKey: key ?? awsManagedKey(scope, 'SnsKey'),
    enforceSSL: true,
  });
  const alarms = new Topic(scope, 'Alarms', {
    displayName: 'Portcullis alarms',
    ...(key && { masterKey: key }),
    enforceSSL: true,
  });
  if (!key) {
    acceptFindings(alarms, {
      CKV_AWS_26:
        "CloudWatch and EventBridge cannot publish to a topic under SNS's own key; the option customerKeys encrypts this topic, too.",
    });
  }
  if (email !== undefined) for (const topic of [notices, alarms]) topic.addSubscription(new EmailSubscription(email));
  return { notices, alarms };
}

/**
 * Allows CloudWatch to publish to the topic for these alarms only. This policy replaces SNS's default policy,
 * which allows all services of the account to publish.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
 */
export function allowAlarms(topic: ITopic, alarms: readonly IAlarm[]): void {
  topic.addToResourcePolicy(
    new PolicyStatement({
      actions: ['sns:Publish'],
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      resources: [topic.topicArn],
      conditions: {
        StringEquals: { 'aws:SourceAccount': Stack.of(topic).account },
        ArnEquals: { 'aws:SourceArn': alarms.map(({ alarmArn }) => alarmArn) },
      },
    }),
  );
}

/**
 * Denies publishing to everybody except these roles, because a forged message would reach people and end
 * incidents.
 */
export function restrictPublishers(topic: ITopic, roles: readonly IRole[]): void {
  topic.addToResourcePolicy(
    new PolicyStatement({
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { ArnNotEquals: { 'aws:PrincipalArn': roles.map(({ roleArn }) => roleArn) } },
    }),
  );
}

/**
 * Creates the topic for Amazon Q Developer in chat applications. It needs its own topic, because Amazon Q and
 * the HTTPS subscribers of the notices would get the same body. The account's administrator creates the
 * channel configuration.
 */
export function chatTopic(scope: Construct, key: IKey | undefined): Topic {
  return new Topic(scope, 'Chat', {
    displayName: 'Portcullis chat',
    masterKey: key ?? awsManagedKey(scope, 'ChatSnsKey'),
    enforceSSL: true,
  });
}
