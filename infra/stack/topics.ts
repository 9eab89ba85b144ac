import { Stack } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { AnyPrincipal, Effect, type IRole, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, type IKey } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { acceptFindings } from './accepted-findings.ts';

/** Where people hear of the cell. */
export interface Topics {
  /** What was closed, what is open. */
  readonly notices: Topic;
  /** That Portcullis itself is in trouble. */
  readonly alarms: Topic;
}

/** SNS's own key. */
function awsManagedKey(scope: Construct, id: string): IKey {
  return Alias.fromAliasName(scope, id, 'alias/aws/sns');
}

/**
 * Both topics, over TLS only. Notices name groups and people, and are encrypted with SNS's own key or the customer's. CloudWatch and
 * EventBridge may not use SNS's own key: alarms, which say nothing but a queue's length or an error count, are encrypted where there
 * is a customer's key.
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
 * Lets CloudWatch publish to the topic for these alarms only. The cell's own policy replaces SNS's default policy, which lets the services
 * of the account publish.
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
 * Nobody publishes to this topic but the functions with these roles: what it carries is told to people as Portcullis's word, ends incidents
 * and begins threads.
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
 * A topic of its own for Amazon Q Developer in chat applications: it takes the texts for HTTPS, which other subscribers of the notices
 * want as they are. Its channel configuration, with the role that it posts by, is the account's own to make.
 */
export function chatTopic(scope: Construct, key: IKey | undefined): Topic {
  return new Topic(scope, 'Chat', {
    displayName: 'Portcullis chat',
    masterKey: key ?? awsManagedKey(scope, 'ChatSnsKey'),
    enforceSSL: true,
  });
}
