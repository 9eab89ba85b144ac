import { DeleteMessageCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { UndeliveredAlerts } from '../../../domain/delivery.ts';
import { call } from '../call.ts';
import type { ClientSettings } from '../clients/settings.ts';

/**
 * A client for the queue. SQS is called at the service's endpoint, because the queue's URL may name another
 * one.
 */
export function queueClient(settings: ClientSettings): SQSClient {
  return new SQSClient({ ...settings, useQueueUrlAsEndpoint: false });
}

/**
 * How long a message stays hidden while it is delivered again, seconds: longer than an invocation may run.
 */
const HIDDEN_S = 120;

function queuedMessageOf({ ReceiptHandle = '', Body = '', Attributes }: Message) {
  return {
    receipt: ReceiptHandle,
    body: Body,
    sentAt: Number(Attributes?.SentTimestamp),
  };
}

async function take(sqs: Pick<SQSClient, 'send'>, url: string): ReturnType<UndeliveredAlerts['take']> {
  const command = new ReceiveMessageCommand({
    QueueUrl: url,
    MaxNumberOfMessages: 10,
    VisibilityTimeout: HIDDEN_S,
    WaitTimeSeconds: 1,
    MessageSystemAttributeNames: ['SentTimestamp'],
  });
  const { Messages = [] } = await call('ReceiveMessage', sqs.send(command));
  return Messages.map(queuedMessageOf);
}

async function done(sqs: Pick<SQSClient, 'send'>, url: string, receipt: string): Promise<void> {
  await call('DeleteMessage', sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: receipt })));
}

/** The queue with this URL, which holds the messages that no channel accepted. */
export function undeliveredAlerts(sqs: Pick<SQSClient, 'send'>, url: string): UndeliveredAlerts {
  return {
    take: async () => await take(sqs, url),
    done: async (receipt) => await done(sqs, url, receipt),
  };
}
