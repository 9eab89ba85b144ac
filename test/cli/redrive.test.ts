import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LocalAccount, startLocalAccount } from '../../infra/local/start.ts';
import { cli } from './command-line.ts';

const REGION = 'eu-west-1';
const FUNCTION = 'arn:aws:lambda:eu-west-1:111122223333:function:Portcullis-on-change';

/** As CloudFormation names them. */
const QUEUES = {
  events: 'Portcullis-UndeliveredEvents0A1B2C3D-q1w2e3r4t5y6',
  changes: 'Portcullis-FailedChanges4E5F6A7B-q1w2e3r4t5y6',
  grants: 'Portcullis-FailedGrants7A6B5C4D-q1w2e3r4t5y6',
  alerts: 'Portcullis-Alerts12345678-q1w2e3r4t5y6',
  undelivered: 'Portcullis-UndeliveredAlerts9C8D7E6F-q1w2e3r4t5y6',
  foreign: 'Portcullis-UndeliveredEventsOfOthers',
} as const;

let local: LocalAccount;
let sqs: SQSClient;
let invoked: unknown[];

beforeEach(async () => {
  invoked = [];
  local = await startLocalAccount({ region: REGION });
  local.functions.deploy({
    name: 'Portcullis-on-change',
    timeoutMs: 1000,
    target: async (event) => void invoked.push(event),
  });
  vi.stubEnv('AWS_ENDPOINT_URL', local.endpoint);
  vi.stubEnv('AWS_REGION', REGION);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAALICE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not-checked');
  sqs = new SQSClient({ endpoint: local.endpoint, region: REGION });
  for (const QueueName of Object.values(QUEUES)) await sqs.send(new CreateQueueCommand({ QueueName }));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await local.close();
});

const urlOf = async (QueueName: string) => (await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl;

const put = async (queue: string, body: unknown, target?: string) =>
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: await urlOf(queue),
      MessageBody: typeof body === 'string' ? body : JSON.stringify(body),
      ...(target !== undefined && { MessageAttributes: { TARGET_ARN: { DataType: 'String', StringValue: target } } }),
    }),
  );

const left = async (queue: string): Promise<readonly string[]> => {
  const command = new ReceiveMessageCommand({ QueueUrl: await urlOf(queue), MaxNumberOfMessages: 10 });
  return ((await sqs.send(command)).Messages ?? []).map(({ Body = '' }) => Body);
};

const failed = (requestPayload: unknown) => ({
  version: '1.0',
  requestContext: { functionArn: `${FUNCTION}:$LATEST`, condition: 'RetriesExhausted', approximateInvokeCount: 3 },
  requestPayload,
  responsePayload: { errorType: 'Unfinished' },
});

describe('portcullis redrive', () => {
  it('gives every function the events again that found no way, and the alerts their queue', async () => {
    await put(QUEUES.events, { id: 'event-1' }, FUNCTION);
    for (let n = 0; n < 25; n++) await put(QUEUES.changes, failed({ n }));
    await put(QUEUES.undelivered, '{"id":"message-1"}');
    const { out, code } = await cli(['redrive']);
    await local.background.drain();
    expect(code).toBe(0);
    expect(out).toContain('UndeliveredEvents: 1 message sent again');
    expect(out).toContain('FailedChanges: 25 messages sent again');
    expect(out).toContain('UndeliveredAlerts: 1 message sent again');
    expect(invoked).toHaveLength(26);
    expect(invoked).toContainEqual({ id: 'event-1' });
    expect(invoked).toContainEqual({ n: 24 });
    expect(await left(QUEUES.alerts)).toEqual(['{"id":"message-1"}']);
    expect(await left(QUEUES.changes)).toEqual([]);
  });

  it('leaves what it cannot read, names it, and exits with 1', async () => {
    await put(QUEUES.changes, 'no JSON');
    await put(QUEUES.changes, failed({ n: 1 }));
    await put(QUEUES.events, { id: 'event-1' }, 'arn:aws:sns:eu-west-1:111122223333:alarms');
    const { out, code } = await cli(['redrive']);
    expect(code).toBe(1);
    expect(out).toMatch(/stays: the message is no JSON/);
    expect(out).toMatch(/stays: event: TARGET_ARN: expected the ARN of a function/);
    expect(await left(QUEUES.changes)).toEqual(['no JSON']);
    expect(await left(QUEUES.events)).toHaveLength(1);
  });

  it('calls no function but those that give up their events there, whatever somebody has put into a queue', async () => {
    local.functions.deploy({
      name: 'Portcullis-on-grant',
      timeoutMs: 1000,
      target: async (event) => void invoked.push(event),
    });
    const command = {
      do: 'restore',
      id: '0'.repeat(26),
      by: { name: 'mallory', through: 'command-line' },
      reason: 'x',
    };
    const forOnGrant = FUNCTION.replace('on-change', 'on-grant');
    await put(QUEUES.changes, JSON.stringify(failed(command)).replace('on-change', 'on-grant'));
    await put(QUEUES.events, command, forOnGrant);
    const { out, code } = await cli(['redrive']);
    await local.background.drain();
    expect(code).toBe(1);
    expect(invoked).toEqual([]);
    expect(out).toMatch(/stays: it is for the function Portcullis-on-grant, and FailedChanges holds messages for/);
    expect(await left(QUEUES.changes)).toHaveLength(1);
    expect(await left(QUEUES.events)).toHaveLength(1);
  });

  it('touches nothing where somebody has made a queue that is named like one of the stack', async () => {
    const QueueName = 'Portcullis-FailedChanges00000000-a';
    await sqs.send(new CreateQueueCommand({ QueueName }));
    await put(QueueName, failed({ n: 1 }));
    const { err, code } = await cli(['redrive']);
    await local.background.drain();
    expect(code).toBe(2);
    expect(err).toMatch(
      /several queues have the name of one of the stack Portcullis: \S+FailedChanges\S+, \S+FailedChanges/,
    );
    expect(invoked).toEqual([]);
  });

  it('keeps a message whose function is gone', async () => {
    await put(QUEUES.grants, JSON.stringify(failed({ n: 1 })).replace('on-change', 'on-grant'));
    const { out, code } = await cli(['redrive', '--queue', 'FailedGrants']);
    expect(code).toBe(1);
    expect(out).toMatch(/stays: Invoke: ResourceNotFoundException/);
    expect(await left(QUEUES.grants)).toHaveLength(1);
  });

  it('changes nothing with --dry-run, and tells what it would send', async () => {
    for (let n = 0; n < 12; n++) await put(QUEUES.changes, failed({ n }));
    const { out } = await cli(['redrive', '--dry-run']);
    expect(out).toContain('FailedChanges: 12 messages would be sent again');
    expect(invoked).toEqual([]);
    expect(await left(QUEUES.changes)).toHaveLength(10);
  });

  it('takes one queue where one is named, and says which there are where it is none', async () => {
    await put(QUEUES.changes, failed({ n: 1 }));
    await put(QUEUES.undelivered, '{}');
    expect((await cli(['redrive', '--queue', 'UndeliveredAlerts'])).out).not.toContain('FailedChanges');
    const { err, code } = await cli(['redrive', '--queue', 'Alerts']);
    expect(code).toBe(2);
    expect(err).toMatch(/--queue "Alerts": expected one of UndeliveredEvents, /);
  });

  it('does not lose a message whose deletion is not answered, and says that the queue did not', async () => {
    await put(QUEUES.changes, failed({ n: 1 }));
    local.faults.push({ kind: 'internal-error', service: 'sqs', operation: 'DeleteMessage' });
    const { err, code } = await cli(['redrive']);
    expect(code).toBe(2);
    expect(err).toMatch(/stack Portcullis in eu-west-1 did not answer/);
    const { messages } = local.account.region(REGION).queues.get(QUEUES.changes) ?? {};
    expect(messages?.size).toBe(1);
  });

  it('says so where the stack has no such queue, which is no success', async () => {
    const elsewhere = await cli(['redrive', '--stack', 'Another']);
    expect(elsewhere.code).toBe(2);
    expect(elsewhere.err).toContain('stack Another in eu-west-1 has no queue of Portcullis: give --stack NAME');
    const { err, code } = await cli(['redrive', '--queue', 'FailedActions']);
    expect([code, err]).toEqual([2, expect.stringContaining('has no queue FailedActions')]);
  });
});
