import { CreateAccountAliasCommand, IAMClient, ListAccountAliasesCommand } from '@aws-sdk/client-iam';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startEventSource } from '../../../../infra/local/delivery/event-source.ts';
import { type LocalAccount, startLocalAccount } from '../../../../infra/local/start.ts';
import { VirtualClock } from '../../../../infra/local/time/virtual-clock.ts';
import { clientConfig } from '../local-client.ts';

let local: LocalAccount;
let clock = new VirtualClock();

beforeEach(async () => {
  clock = new VirtualClock(1_800_000_000_000);
  local = await startLocalAccount({ clock, transport: 'in-process' });
});
afterEach(() => local.close());

describe('SQS', () => {
  let sqs: SQSClient;
  let QueueUrl: string;
  const dead = { QueueName: 'dead' };
  const attributes = () => ({
    VisibilityTimeout: '60',
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: 'arn:aws:sqs:us-east-1:111122223333:dead',
      maxReceiveCount: 2,
    }),
  });

  beforeEach(async () => {
    sqs = new SQSClient(clientConfig(local));
    await sqs.send(new CreateQueueCommand(dead));
    ({ QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'alerts', Attributes: attributes() })));
  });

  const receiveAll = async (url = QueueUrl) =>
    (await sqs.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }))).Messages ?? [];
  const send = (MessageBody: string) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));

  test('a received message is hidden, and visible again if it is not deleted', async () => {
    await send('schön');
    expect((await receiveAll()).map(({ Body }) => Body)).toEqual(['schön']);
    expect(await receiveAll()).toEqual([]);
    await clock.advance(60_000);
    const [again] = await receiveAll();
    expect(again?.Body).toBe('schön');
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: again?.ReceiptHandle }));
    await clock.advance(60_000);
    expect(await receiveAll()).toEqual([]);
  });

  test('a message that was received too often moves to the dead-letter queue unchanged', async () => {
    await send('poison');
    for (let round = 0; round < 3; round++) {
      await receiveAll();
      await clock.advance(60_000);
    }
    const { QueueUrl: deadUrl = '' } = await sqs.send(new GetQueueUrlCommand(dead));
    expect((await receiveAll(deadUrl)).map(({ Body }) => Body)).toEqual(['poison']);
    expect(await receiveAll()).toEqual([]);
  });

  test('an old receipt does not delete the message', async () => {
    await send('one');
    const [first] = await receiveAll();
    await clock.advance(60_000);
    await receiveAll();
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first?.ReceiptHandle }));
    await clock.advance(60_000);
    const forged = new DeleteMessageCommand({ QueueUrl, ReceiptHandle: 'forged' });
    await expect(sqs.send(forged)).rejects.toMatchObject({ name: 'ReceiptHandleIsInvalid' });
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    expect(Attributes).toMatchObject({ ApproximateNumberOfMessages: '1' });
  });

  test('batches are sent and deleted entry by entry', async () => {
    const Entries = ['a', 'b'].map((MessageBody) => ({ Id: MessageBody, MessageBody }));
    expect((await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))).Successful).toHaveLength(2);
    const [first] = await receiveAll();
    const deleted = await sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: '1', ReceiptHandle: first?.ReceiptHandle },
          { Id: '2', ReceiptHandle: 'forged' },
        ],
      }),
    );
    expect(deleted.Successful?.map(({ Id }) => Id)).toEqual(['1']);
    expect(deleted.Failed?.map(({ Id }) => Id)).toEqual(['2']);
  });

  test('its attributes count visible and hidden messages', async () => {
    await send('one');
    await send('two');
    await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    expect(Attributes).toMatchObject({
      ApproximateNumberOfMessages: '1',
      ApproximateNumberOfMessagesNotVisible: '1',
      VisibilityTimeout: '60',
    });
  });

  test('visibility can be changed, and queues are found by the prefix of their name', async () => {
    await send('later');
    const [message] = await receiveAll();
    await sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 0 }),
    );
    expect(await receiveAll()).toHaveLength(1);
    expect((await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'al' }))).QueueUrls).toEqual([QueueUrl]);
    await expect(sqs.send(new GetQueueUrlCommand({ QueueName: 'none' }))).rejects.toMatchObject({
      name: expect.stringMatching(/QueueDoesNotExist|NonExistentQueue/),
    });
  });

  test('a topic delivers each protocol its own text, raw or in an envelope', async () => {
    const sns = new SNSClient(clientConfig(local));
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'notices' }));
    const to = (name: string, raw: boolean) =>
      sns.send(
        new SubscribeCommand({
          TopicArn,
          Protocol: 'sqs',
          Endpoint: `arn:aws:sqs:us-east-1:111122223333:${name}`,
          Attributes: { RawMessageDelivery: String(raw) },
        }),
      );
    await to('alerts', true);
    await to('dead', false);
    const Message = JSON.stringify({ default: 'for people', sqs: '{"for":"machines"}' });
    await sns.send(new PublishCommand({ TopicArn, Message, MessageStructure: 'json', Subject: 'closed' }));
    expect((await receiveAll()).map(({ Body }) => Body)).toEqual(['{"for":"machines"}']);
    const { QueueUrl: deadUrl = '' } = await sqs.send(new GetQueueUrlCommand(dead));
    const [enveloped] = await receiveAll(deadUrl);
    expect(JSON.parse(enveloped?.Body ?? '')).toMatchObject({ Subject: 'closed', Message: '{"for":"machines"}' });
  });

  test('Lambda polls a queue for a function and deletes messages that did not fail', async () => {
    const seen: string[] = [];
    local.functions.deploy({
      name: 'taker',
      timeoutMs: 1000,
      target: async (event) => {
        const { Records }: SQSEvent = Object(event);
        seen.push(...Records.map(({ body }) => body));
        const bad = Records.filter(({ body }) => body === 'bad');
        return { batchItemFailures: bad.map(({ messageId }) => ({ itemIdentifier: messageId })) };
      },
    });
    const queue = 'arn:aws:sqs:us-east-1:111122223333:alerts';
    startEventSource(
      local.account.region('us-east-1'),
      { queueArn: queue, functionName: 'taker', batchSize: 10 },
      local,
    );
    await Promise.all(['good', 'bad', 'good'].map(send));
    await local.background.drain();
    expect(seen.toSorted()).toEqual(['bad', 'bad', 'good', 'good']);
    const { QueueUrl: deadUrl = '' } = await sqs.send(new GetQueueUrlCommand(dead));
    expect((await receiveAll(deadUrl)).map(({ Body }) => Body)).toEqual(['bad']);
  });
});

test('a secret has the last value that was put, and none before', async () => {
  const secrets = new SecretsManagerClient(clientConfig(local));
  const { ARN } = await secrets.send(new CreateSecretCommand({ Name: 'portcullis/alerts' }));
  const get = () => secrets.send(new GetSecretValueCommand({ SecretId: ARN }));
  await expect(get()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await secrets.send(new PutSecretValueCommand({ SecretId: ARN, SecretString: '{"a":1}' }));
  expect((await get()).SecretString).toBe('{"a":1}');
});

test('an account has the alias that was set', async () => {
  const iam = new IAMClient(clientConfig(local));
  expect((await iam.send(new ListAccountAliasesCommand({}))).AccountAliases).toEqual([]);
  await iam.send(new CreateAccountAliasCommand({ AccountAlias: 'shop-prod' }));
  expect((await iam.send(new ListAccountAliasesCommand({}))).AccountAliases).toEqual(['shop-prod']);
});
