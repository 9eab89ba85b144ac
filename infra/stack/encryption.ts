import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type IPrincipal, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { AcceptedFindings } from './accepted-findings.ts';

/**
 * Services that send to the cell's queues and topics. EventBridge does not set the source account when it
 * uses the key of an encrypted topic, so a condition on the account would deny the message.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
function sendingServices(stack: Stack): readonly IPrincipal[] {
  return [
    new ServicePrincipal('events.amazonaws.com'),
    new ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
    }),
  ];
}

/** CloudWatch Logs, for the log groups of this account. */
function cloudWatchLogs(stack: Stack): IPrincipal {
  return new ServicePrincipal(`logs.${stack.region}.amazonaws.com`, {
    conditions: {
      ArnLike: { 'kms:EncryptionContext:aws:logs:arn': stack.formatArn({ service: 'logs', resource: '*' }) },
    },
  });
}

/** Creates the customer managed key for everything that the cell stores or sends. */
export function customerKey(scope: Construct): Key {
  const stack = Stack.of(scope);
  const key = new Key(scope, 'Key', {
    enableKeyRotation: true,
    description: 'Portcullis: ledger, notices, queues and logs',
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  });
  for (const writer of sendingServices(stack)) key.grant(writer, 'kms:Decrypt', 'kms:GenerateDataKey*');
  key.grantEncryptDecrypt(cloudWatchLogs(stack));
  return key;
}

/** The encryption of a queue: with the customer managed key if there is one, otherwise with SQS's key. */
export function queueEncryption(key: IKey | undefined): Pick<QueueProps, 'encryption' | 'encryptionMasterKey'> {
  return key
    ? { encryption: QueueEncryption.KMS, encryptionMasterKey: key }
    : { encryption: QueueEncryption.SQS_MANAGED };
}

/** The accepted finding for a queue that SQS encrypts with its own key. */
export const SQS_MANAGED_KEY: AcceptedFindings = {
  CKV_AWS_27: "SQS encrypts the queue with its own key; the option customerKeys uses a key of the account's own.",
};
