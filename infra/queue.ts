import { Duration } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { DeadLetterQueue } from '../shared/catalogue.ts';
import { queueEncryption } from './encryption.ts';

/** A queue for events that found no way: kept as long as SQS can, 14 days, for somebody to look and to send them again. */
export const lostEvents = (scope: Construct, id: DeadLetterQueue, key: IKey | undefined): Queue =>
  new Queue(scope, id, {
    retentionPeriod: Duration.days(14),
    enforceSSL: true,
    ...queueEncryption(key),
  });

/**
 * Nobody writes into a function's failure queue but the function itself: what lies there is put to it again in the name of whoever redrives,
 * who is an administrator, and on-grant does what it is told.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html (aws:PrincipalArn: of a session, its role)
 */
export const filledOnlyBy = (role: IRole, failures: IQueue): void => {
  failures.addToResourcePolicy(
    new PolicyStatement({
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['sqs:SendMessage'],
      resources: [failures.queueArn],
      conditions: { ArnNotEquals: { 'aws:PrincipalArn': role.roleArn } },
    }),
  );
};
