import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateTopicCommand,
  ListTopicsCommand,
  PublishCommand,
  type PublishInput,
  SNSClient,
} from '@aws-sdk/client-sns';
import {
  DeleteParameterCommand,
  GetParameterCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type LocalAccount, startLocalAccount } from '../../../../infra/local/start.ts';
import { VirtualClock } from '../../../../infra/local/time/virtual-clock.ts';
import { clientConfig } from '../local-client.ts';

let local: LocalAccount;

beforeEach(async () => {
  const role = { type: 'AssumedRole', arn: 'arn:aws:sts::111122223333:assumed-role/ops/alice', name: 'alice' } as const;
  local = await startLocalAccount({ principals: { AKIAROLE: role }, clock: new VirtualClock(1_800_000_000_000) });
});
afterEach(() => local.close());

describe('SNS', () => {
  let sns: SNSClient;
  let TopicArn: string;

  beforeEach(async () => {
    sns = new SNSClient(clientConfig(local));
    TopicArn = (await sns.send(new CreateTopicCommand({ Name: 'alerts' }))).TopicArn ?? '';
  });

  const publish = (input: Omit<PublishInput, 'TopicArn'>) => sns.send(new PublishCommand({ TopicArn, ...input }));

  test('creating a topic twice returns the same topic', async () => {
    expect(TopicArn).toBe('arn:aws:sns:us-east-1:111122223333:alerts');
    expect((await sns.send(new CreateTopicCommand({ Name: 'alerts' }))).TopicArn).toBe(TopicArn);
    expect((await sns.send(new ListTopicsCommand({}))).Topics).toEqual([{ TopicArn }]);
  });

  test('a published message can be read with its subject, structure and attributes', async () => {
    const MessageAttributes = { severity: { DataType: 'String', StringValue: 'high' } };
    const Message = JSON.stringify({ default: 'tcp/22 closed' });
    const { MessageId } = await publish({ Subject: 'closed', Message, MessageStructure: 'json', MessageAttributes });
    expect(local.messages).toEqual([
      {
        messageId: MessageId,
        topicArn: TopicArn,
        subject: 'closed',
        message: Message,
        messageStructure: 'json',
        attributes: { severity: { type: 'String', value: 'high' } },
        at: 1_800_000_000_000,
        region: 'us-east-1',
      },
    ]);
  });

  test.each<[string, Omit<PublishInput, 'TopicArn'>]>([
    ['an empty message', { Message: '' }],
    ['a message over 256 KiB', { Message: 'x'.repeat(262_145) }],
    ['a message over 256 KiB in bytes', { Message: 'ë'.repeat(131_073) }],
    ['a subject of 100 characters', { Message: 'm', Subject: 'x'.repeat(100) }],
    ['a subject with a line break', { Message: 'm', Subject: 'a\nb' }],
    ['a subject that is not ASCII', { Message: 'm', Subject: 'Zoë' }],
    ['a subject that starts with a space', { Message: 'm', Subject: ' a' }],
    ['a structured message that is no JSON', { Message: 'm', MessageStructure: 'json' }],
    ['a structured message without a default', { Message: '{"sms":"m"}', MessageStructure: 'json' }],
    ['another structure', { Message: '{}', MessageStructure: 'xml' }],
  ])('refuses %s', async (_says, input) => {
    await expect(publish(input)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    expect(local.messages).toEqual([]);
  });

  test('takes a message of exactly 256 KiB and a subject of 99 characters', async () => {
    await publish({ Message: 'x'.repeat(262_144), Subject: 'x'.repeat(99) });
    expect(local.messages).toHaveLength(1);
  });

  test('publishing to an unknown topic is NotFound', async () => {
    const call = sns.send(new PublishCommand({ TopicArn: `${TopicArn}-x`, Message: 'm' }));
    await expect(call).rejects.toMatchObject({ name: 'NotFoundException', $metadata: { httpStatusCode: 404 } });
  });
});

function postToSsm(target: string, body: string) {
  const authorization = 'AWS4-HMAC-SHA256 Credential=AKIA/20261121/us-east-1/ssm/aws4_request, Signature=0';
  return fetch(local.endpoint, { method: 'POST', headers: { authorization, 'x-amz-target': target }, body });
}

describe('SSM', () => {
  const Name = '/portcullis/mode';
  let ssm: SSMClient;

  beforeEach(() => {
    ssm = new SSMClient(clientConfig(local));
  });

  test('a parameter comes back with its version and date', async () => {
    await ssm.send(new PutParameterCommand({ Name, Value: 'alert', Type: 'String' }));
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name }));
    expect(Parameter).toMatchObject({ Name, Value: 'alert', Type: 'String', Version: 1 });
    expect(Parameter?.LastModifiedDate).toEqual(new Date(1_800_000_000_000));
  });

  test('an unknown parameter is ParameterNotFound, also for deletion', async () => {
    await expect(ssm.send(new GetParameterCommand({ Name }))).rejects.toMatchObject({ name: 'ParameterNotFound' });
    await expect(ssm.send(new DeleteParameterCommand({ Name }))).rejects.toMatchObject({ name: 'ParameterNotFound' });
  });

  test('a parameter is overwritten only with Overwrite', async () => {
    await ssm.send(new PutParameterCommand({ Name, Value: 'alert', Type: 'String' }));
    const again = ssm.send(new PutParameterCommand({ Name, Value: 'off', Type: 'String' }));
    await expect(again).rejects.toMatchObject({ name: 'ParameterAlreadyExists' });
    const { Version } = await ssm.send(new PutParameterCommand({ Name, Value: 'off', Overwrite: true }));
    expect(Version).toBe(2);
  });

  test.each<[string, PutParameterCommandInput]>([
    ['a name with a space', { Name: 'a b', Value: 'x', Type: 'String' }],
    ['a parameter without a value', { Name, Value: '', Type: 'String' }],
    ['a new parameter without a type', { Name, Value: 'x' }],
  ])('refuses %s', async (_says, input) => {
    await expect(ssm.send(new PutParameterCommand(input))).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('refuses a body that is not JSON and an unknown operation', async () => {
    expect(await (await postToSsm('AmazonSSM.GetParameter', '{')).json()).toMatchObject({
      __type: 'SerializationException',
    });
    const unknown = await postToSsm('AmazonSSM.DescribeParameters', '{}');
    expect(await unknown.json()).toMatchObject({ __type: 'UnknownOperationException' });
  });

  test('a deleted parameter does not exist any more', async () => {
    await ssm.send(new PutParameterCommand({ Name, Value: 'alert', Type: 'String' }));
    await ssm.send(new DeleteParameterCommand({ Name }));
    await expect(ssm.send(new GetParameterCommand({ Name }))).rejects.toMatchObject({ name: 'ParameterNotFound' });
  });
});

function identify(key: string) {
  return new STSClient(clientConfig(local, key)).send(new GetCallerIdentityCommand({}));
}

test('STS names the account and the holder of the key', async () => {
  expect(await identify('AKIAOTHER')).toMatchObject({
    Account: '111122223333',
    Arn: 'arn:aws:iam::111122223333:user/AKIAOTHER',
  });
  expect(await identify('AKIAROLE')).toMatchObject({
    Arn: 'arn:aws:sts::111122223333:assumed-role/ops/alice',
    UserId: expect.stringMatching(/^AROA[0-9A-F]{17}:alice$/),
  });
});

describe('DynamoDB', () => {
  let dynamodb: DynamoDBClient;

  const putOnce = () =>
    dynamodb.send(
      new PutItemCommand({
        TableName: 'ledger',
        Item: { pk: { S: 'sgr-1' } },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    );

  beforeEach(async () => {
    dynamodb = new DynamoDBClient(clientConfig(local));
    await dynamodb.send(
      new CreateTableCommand({
        TableName: 'ledger',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      }),
    );
  });

  test('returns a stored item', async () => {
    const Item = { pk: { S: 'sgr-1' }, plan: { S: '{"Zoë":1}' } };
    await dynamodb.send(new PutItemCommand({ TableName: 'ledger', Item }));
    const answer = await dynamodb.send(new GetItemCommand({ TableName: 'ledger', Key: { pk: { S: 'sgr-1' } } }));
    expect(answer.Item).toEqual(Item);
  });

  test('a conditional write is refused with its own error', async () => {
    await putOnce();
    await expect(putOnce()).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  });

  test('of twenty conditional writes at once, one succeeds', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, putOnce));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('accounts and regions have separate tables', async () => {
    const elsewhere = new DynamoDBClient(clientConfig(local, 'AKIA', 'eu-central-1'));
    expect((await elsewhere.send(new ListTablesCommand({}))).TableNames).toEqual([]);
    const other = await startLocalAccount();
    const there = new DynamoDBClient(clientConfig(other));
    expect((await there.send(new ListTablesCommand({}))).TableNames).toEqual([]);
    await other.close();
  });

  test('its calls are in the log of calls', () => {
    expect(local.calls).toMatchObject([{ service: 'dynamodb', operation: 'CreateTable' }]);
  });
});
