import { AuthorizeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startDelivery } from '../../../../infra/local/delivery/eventbridge.ts';
import type { AsyncSettings } from '../../../../infra/local/delivery/invocation.ts';
import { virtualAccount } from '../in-process.ts';
import { clientConfig, ec2Client, vpcWithGroup } from '../local-client.ts';

const QUEUE = 'given-up';
const QUEUE_ARN = `arn:aws:sqs:us-east-1:111122223333:${QUEUE}`;
const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:111122223333:function:closer';

let local: Awaited<ReturnType<typeof virtualAccount>>;
let sqs: SQSClient;
let queueUrl: string;

beforeEach(async () => {
  local = await virtualAccount();
  sqs = new SQSClient(clientConfig(local));
  queueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: QUEUE }))).QueueUrl ?? '';
});
afterEach(async () => {
  sqs.destroy();
  await local.close();
});

async function messages() {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: 10,
    MessageAttributeNames: ['All'],
  });
  const { Messages = [] } = await sqs.send(command);
  return Messages.map(({ Body = '', MessageAttributes = {} }) => ({ body: JSON.parse(Body), MessageAttributes }));
}

/** A function that always fails, with an alias. */
function deployFailing(settings: AsyncSettings, events: AsyncSettings = {}): { readonly attempts: () => number } {
  let attempts = 0;
  const target = async (): Promise<never> => {
    attempts += 1;
    throw new RangeError('too far');
  };
  local.functions.deploy({ name: 'closer', timeoutMs: 1000, target, ...settings, aliases: { events } });
  return { attempts: () => attempts };
}

describe('an event that fails for good', () => {
  test('is in the failure queue of its function, in the form of Lambda’s record', async () => {
    deployFailing({ failureQueueArn: QUEUE_ARN });
    local.functions.invokeLater('closer', 'us-east-1', { open: 22 });
    await local.background.drain();
    expect((await messages()).map(({ body }) => body)).toEqual([
      {
        version: '1.0',
        timestamp: new Date(local.clock.now()).toISOString(),
        requestContext: {
          requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          functionArn: FUNCTION_ARN,
          condition: 'RetriesExhausted',
          approximateInvokeCount: 3,
        },
        requestPayload: { open: 22 },
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        responsePayload: { errorType: 'RangeError', errorMessage: 'too far', trace: expect.any(Array) },
      },
    ]);
    expect(local.background.failures).toMatchObject([{ failureQueueName: QUEUE }]);
  });

  test('follows the settings of the alias that was invoked, which inherits none', async () => {
    const { attempts } = deployFailing({ failureQueueArn: QUEUE_ARN }, { retries: 0 });
    local.functions.invokeLater('closer:events', 'us-east-1', {});
    await local.background.drain();
    expect(attempts()).toBe(1);
    expect(await messages()).toEqual([]);
    expect(local.background.failures[0]).not.toHaveProperty('failureQueueName');
  });

  test('is lost, and recorded as lost, if the queue does not exist', async () => {
    deployFailing({ failureQueueArn: `${QUEUE_ARN}-of-nobody` });
    local.functions.invokeLater('closer', 'us-east-1', {});
    await local.background.drain();
    expect(local.background.failures).toHaveLength(1);
    expect(local.background.failures[0]).not.toHaveProperty('failureQueueName');
  });

  test('is in the queue, too, if the account stops before the next attempt', async () => {
    deployFailing({ failureQueueArn: QUEUE_ARN });
    local.functions.invokeLater('closer', 'us-east-1', {});
    await local.clock.advance(1);
    await local.background.stop();
    expect((await messages())[0]?.body.requestContext.condition).toBe('Stopped');
  });
});

test('an event for an unknown function is in the dead-letter queue of the rule', async () => {
  const ec2 = ec2Client(local);
  const { groupId } = await vpcWithGroup(ec2);
  const rules = [{ name: 'openings', pattern: { source: ['aws.ec2'] } }];
  const delivery = startDelivery(local, { rules, functionName: 'closer:events', deadLetterQueueArn: QUEUE_ARN });
  const flat = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '0.0.0.0/0' };
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, ...flat }));
  await delivery.drain();
  expect(await messages()).toMatchObject([
    {
      body: { detail: { eventName: 'AuthorizeSecurityGroupIngress' } },
      MessageAttributes: {
        RULE_ARN: { StringValue: 'arn:aws:events:us-east-1:111122223333:rule/openings' },
        TARGET_ARN: { StringValue: `${FUNCTION_ARN}:events` },
        ERROR_CODE: { StringValue: 'ResourceNotFoundException' },
      },
    },
  ]);
  expect(delivery.failures).toMatchObject([{ condition: 'FunctionNotFound', attempts: 0, failureQueueName: QUEUE }]);
  ec2.destroy();
});
