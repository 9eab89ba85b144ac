import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { DeadLetterQueue } from '../shared/catalogue.ts';

/** A queue for events that found no way: kept as long as SQS can, 14 days, for somebody to look and to send them again. */
export const lostEvents = (scope: Construct, id: DeadLetterQueue, key: IKey | undefined): Queue =>
  new Queue(scope, id, {
    retentionPeriod: Duration.days(14),
    enforceSSL: true,
    ...(key
      ? { encryption: QueueEncryption.KMS, encryptionMasterKey: key }
      : { encryption: QueueEncryption.SQS_MANAGED }),
  });
