import { randomUUID } from 'node:crypto';
import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LocalAccount, startLocalAccount } from '../../../infra/local/start.ts';
import { cli } from '../command-line.ts';

const REGION = 'eu-west-1';
const ACCOUNT = '111122223333';
function arnOf(name: string) {
  return `arn:aws:lambda:${REGION}:${ACCOUNT}:function:Portcullis-${name}`;
}

/** As CloudFormation names them. */
const QUEUES = {
  events: 'Portcullis-UndeliveredEvents0A1B2C3D-q1w2e3r4t5y6',
  changes: 'Portcullis-FailedChanges4E5F6A7B-q1w2e3r4t5y6',
  grants: 'Portcullis-FailedGrants7A6B5C4D-q1w2e3r4t5y6',
  schedules: 'Portcullis-FailedSchedules1A2B3C4D-q1w2e3r4t5y6',
  evaluations: 'Portcullis-FailedEvaluations1A2B3C4E-q1w2e3r4t5y6',
  actions: 'Portcullis-FailedActions1A2B3C4F-q1w2e3r4t5y6',
  undelivered: 'Portcullis-UndeliveredAlerts9C8D7E6F-q1w2e3r4t5y6',
  foreign: 'Portcullis-UndeliveredEventsOfOthers',
} as const;

let local: LocalAccount;
let sqs: SQSClient;
let invoked: { readonly arn: string; readonly event: unknown }[];

function deploy(name: string, aliases: readonly string[], answer: () => unknown = () => undefined) {
  return local.functions.deploy({
    name: `Portcullis-${name}`,
    aliases: Object.fromEntries(aliases.map((alias) => [alias, {}])),
    timeoutMs: 1000,
    target: async (payload, { invokedFunctionArn: arn }) => {
      invoked.push({ arn, event: payload });
      return answer();
    },
  });
}

beforeEach(async () => {
  invoked = [];
  local = await startLocalAccount({ region: REGION });
  for (const name of ['on-change', 'on-schedule']) deploy(name, ['events', 'requests']);
  deploy('on-grant', ['requests']);
  deploy('on-action', []);
  deploy('on-alert', ['events', 'requests'], () => ({ kind: 'redelivered', delivered: 0, kept: 0 }));
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

async function urlOf(QueueName: string) {
  return (await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl;
}

async function put(queue: string, body: unknown, target?: string) {
  return await sqs.send(
    new SendMessageCommand({
      QueueUrl: await urlOf(queue),
      MessageBody: typeof body === 'string' ? body : JSON.stringify(body),
      ...(target !== undefined && { MessageAttributes: { TARGET_ARN: { DataType: 'String', StringValue: target } } }),
    }),
  );
}

async function left(queue: string): Promise<readonly string[]> {
  const command = new ReceiveMessageCommand({ QueueUrl: await urlOf(queue), MaxNumberOfMessages: 10 });
  return ((await sqs.send(command)).Messages ?? []).map(({ Body = '' }) => Body);
}

function failed(requestPayload: unknown, name = 'on-change', alias = 'events') {
  return {
    version: '1.0',
    requestContext: {
      functionArn: `${arnOf(name)}:${alias}`,
      condition: 'RetriesExhausted',
      approximateInvokeCount: 3,
    },
    requestPayload,
    responsePayload: { errorType: 'Unfinished' },
  };
}

/** An event as EventBridge could not deliver it. What it claims is forged. */
function event(more: object = {}) {
  return {
    version: '0',
    source: 'aws.ec2',
    'detail-type': 'AWS API Call via CloudTrail',
    account: ACCOUNT,
    region: REGION,
    detail: {
      eventSource: 'ec2.amazonaws.com',
      eventName: 'CreateTags',
      awsRegion: REGION,
      eventID: 'event-1',
      eventTime: '2026-01-02T03:04:05Z',
      recipientAccountId: ACCOUNT,
      userIdentity: {
        type: 'AssumedRole',
        arn: `arn:aws:sts::${ACCOUNT}:assumed-role/platform/bob`,
        accountId: ACCOUNT,
      },
      requestParameters: {
        resourcesSet: { items: [{ resourceId: 'sg-00000000000000001' }] },
        tagSet: { items: [{ key: 'portcullis:exempt-until', value: '2026-03-01' }] },
      },
      responseElements: { _return: true },
      ...more,
    },
  };
}

function look(more: object = {}) {
  return {
    portcullis: { do: 'look', groupIds: ['sg-00000000000000001'], region: REGION, eventId: 'event-1', ...more },
  };
}

async function redriven(...args: readonly string[]) {
  const answer = await cli(['redrive', ...args]);
  await local.background.drain();
  return answer;
}

describe('portcullis redrive', () => {
  it('turns an undelivered event into a request with its groups, region and id only', async () => {
    await put(QUEUES.events, event(), `${arnOf('on-change')}:events`);
    const { out, code } = await redriven();
    expect([code, out]).toEqual([0, expect.stringContaining('UndeliveredEvents: 1 message asked for again')]);
    expect(invoked).toEqual([{ arn: `${arnOf('on-change')}:requests`, event: look() }]);
    expect(await left(QUEUES.events)).toEqual([]);
  });

  it('does the same with an event that on-change gave up, in every form that names groups', async () => {
    for (let n = 0; n < 25; n++) await put(QUEUES.changes, failed(event({ eventID: `event-${n}` })));
    const authorized = { eventName: 'AuthorizeSecurityGroupIngress', eventID: randomUUID() };
    const byName = { requestParameters: { groupName: 'web', ipProtocol: 'tcp', fromPort: 22, toPort: 22 } };
    await put(QUEUES.changes, failed(event({ ...authorized, ...byName })));
    const { out } = await redriven();
    expect(out).toContain('FailedChanges: 26 messages asked for again');
    expect(invoked).toHaveLength(26);
    expect(invoked.map((one) => one.event)).toContainEqual(look({ eventId: 'event-24' }));
    expect(invoked.map((one) => one.event)).toContainEqual(look({ groupIds: [], eventId: authorized.eventID }));
    expect(new Set(invoked.map(({ arn }) => arn))).toEqual(new Set([`${arnOf('on-change')}:requests`]));
  });

  it('repeats a request between functions unchanged', async () => {
    const release = { portcullis: { do: 'release', groupId: 'sg-1', planId: 'plan-1' } };
    const follow = { do: 'follow', groupId: 'sg-1', planId: 'plan-1' };
    const sweep = { do: 'sweep', digest: true };
    const press = { do: 'work-on', id: 'press-1' };
    await put(QUEUES.changes, failed(release, 'on-change', 'requests'));
    await put(QUEUES.grants, failed(follow, 'on-grant', 'requests'));
    await put(QUEUES.schedules, failed(sweep, 'on-schedule'));
    await put(QUEUES.actions, failed(press, 'on-action', '$LATEST'));
    await redriven();
    expect(invoked).toEqual([
      { arn: `${arnOf('on-change')}:requests`, event: release },
      { arn: `${arnOf('on-grant')}:requests`, event: follow },
      { arn: `${arnOf('on-schedule')}:requests`, event: sweep },
      { arn: arnOf('on-action'), event: press },
    ]);
  });

  it('deletes a message that will come again by itself, and says so', async () => {
    const tick = { 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} };
    for (const body of [tick, { do: 'canary' }]) await put(QUEUES.events, body, `${arnOf('on-schedule')}:events`);
    await put(QUEUES.events, { do: 'check-recorder' }, arnOf('on-config'));
    await put(QUEUES.grants, failed({ do: 'canary', region: REGION }, 'on-grant', 'requests'));
    const { out, code } = await redriven();
    expect([code, invoked]).toEqual([0, []]);
    expect(out).toMatch(/needs no request: on-schedule runs again within minutes/);
    expect(out).toMatch(/needs no request: the recorder is checked again within a day/);
    expect(out.match(/needs no request: the canary runs again/g)).toHaveLength(2);
    expect([await left(QUEUES.events), await left(QUEUES.grants)]).toEqual([[], []]);
  });

  it('starts an evaluation of AWS Config in place of its call', async () => {
    await put(
      QUEUES.evaluations,
      failed({ configRuleName: 'portcullis-exposure', resultToken: 'x' }, 'on-config', '$LATEST'),
    );
    await redriven('--queue', 'FailedEvaluations');
    const asked = local.calls.filter(({ operation }) => operation === 'StartConfigRulesEvaluation');
    expect(asked.map(({ input }) => input)).toEqual([{ ConfigRuleNames: ['portcullis-exposure'] }]);
    expect(invoked).toEqual([]);
  });

  it('lets on-alert deliver its messages again, and sends none itself', async () => {
    const answers = [
      { delivered: 2, kept: 1 },
      { delivered: 0, kept: 0 },
    ];
    deploy('on-alert', ['events', 'requests'], () => answers.shift());
    await put(QUEUES.undelivered, '{"id":"message-1"}');
    const { out, code } = await redriven('--queue', 'UndeliveredAlerts');
    expect(out).toContain('UndeliveredAlerts: 2 messages asked for again');
    expect(out).toContain('see the log of Portcullis-on-alert:requests');
    expect(code).toBe(1);
    expect(invoked).toEqual([1, 2].map(() => ({ arn: `${arnOf('on-alert')}:requests`, event: { do: 'redeliver' } })));
    expect(await left(QUEUES.undelivered)).toEqual(['{"id":"message-1"}']);
  });

  it('reports that on-alert fails', async () => {
    deploy('on-alert', ['events', 'requests'], () => {
      throw new Error('the keys cannot be read');
    });
    await put(QUEUES.undelivered, '{}');
    const { err, code } = await redriven('--queue', 'UndeliveredAlerts');
    expect([code, err]).toEqual([2, expect.stringContaining('the keys cannot be read')]);
  });

  it('keeps and names a message that it cannot read, and exits with 1', async () => {
    await put(QUEUES.changes, 'no JSON');
    await put(QUEUES.changes, failed(event()));
    await put(QUEUES.changes, failed({ n: 1 }));
    await put(QUEUES.events, event(), 'arn:aws:sns:eu-west-1:111122223333:alarms');
    const { out, code } = await redriven();
    expect(code).toBe(1);
    expect(out).toMatch(/stays: the message is not JSON/);
    expect(out).toMatch(/stays: event: eventName: expected the name of an API call/);
    expect(out).toMatch(/stays: event: TARGET_ARN: expected the ARN of a function/);
    expect(await left(QUEUES.changes)).toHaveLength(2);
    expect(await left(QUEUES.events)).toHaveLength(1);
  });

  it('invokes only the functions of a queue, whatever its messages say', async () => {
    const command = {
      do: 'restore',
      id: '0'.repeat(26),
      by: { name: 'mallory', through: 'command-line' },
      reason: 'x',
      dryRun: false,
    };
    await put(QUEUES.changes, failed(command, 'on-grant'));
    await put(QUEUES.events, command, arnOf('on-grant'));
    await put(QUEUES.grants, failed(command, 'on-grant', 'requests'));
    const { out, code } = await redriven();
    expect([code, invoked]).toEqual([1, []]);
    expect(out).toMatch(
      /stays: the message is for the function Portcullis-on-grant, but the queue only holds messages for Portcullis-on-change/,
    );
    expect(out).toMatch(/stays: a person sent the command restore: send it again with the portcullis command line/);
    for (const queue of [QUEUES.changes, QUEUES.events, QUEUES.grants]) expect(await left(queue)).toHaveLength(1);
  });

  it('does not touch a foreign queue with a similar name', async () => {
    const QueueName = 'Portcullis-FailedChanges00000000-a';
    await sqs.send(new CreateQueueCommand({ QueueName }));
    await put(QueueName, failed(event()));
    const { err, code } = await redriven();
    expect(code).toBe(2);
    expect(err).toMatch(
      /several queues match one queue of the stack Portcullis: \S+FailedChanges\S+, \S+FailedChanges/,
    );
    expect(invoked).toEqual([]);
  });

  it('keeps a message whose function was deleted', async () => {
    local.functions.deploy({ name: 'Portcullis-on-grant', timeoutMs: 1, target: async () => undefined });
    await put(QUEUES.grants, failed({ do: 'follow', groupId: 'sg-1', planId: 'plan-1' }, 'on-grant', 'requests'));
    const { out, code } = await redriven('--queue', 'FailedGrants');
    expect(code).toBe(1);
    expect(out).toMatch(/stays: Invoke: ResourceNotFoundException/);
    expect(await left(QUEUES.grants)).toHaveLength(1);
  });

  it('changes nothing with --dry-run, and prints what it would do', async () => {
    for (let n = 0; n < 12; n++) await put(QUEUES.changes, failed(event({ eventID: `event-${n}` })));
    await put(QUEUES.undelivered, '{}');
    const { out } = await redriven('--dry-run');
    expect(out).toContain('FailedChanges: 12 messages would be asked for again');
    expect(out).toContain('UndeliveredAlerts: 1 message would be asked for again');
    expect(invoked).toEqual([]);
    expect(await left(QUEUES.changes)).toHaveLength(10);
  });

  it('redrives the named queue only, and lists the queues for an unknown name', async () => {
    await put(QUEUES.changes, failed(event()));
    expect((await redriven('--queue', 'UndeliveredAlerts')).out).not.toContain('FailedChanges');
    const { err, code } = await redriven('--queue', 'Alerts');
    expect(code).toBe(2);
    expect(err).toMatch(/--queue "Alerts": expected one of UndeliveredEvents, /);
  });

  it('keeps a message whose deletion was not answered, and says so', async () => {
    await put(QUEUES.changes, failed(event()));
    local.faults.push({ kind: 'internal-error', service: 'sqs', operation: 'DeleteMessage' });
    const { err, code } = await redriven();
    expect(code).toBe(2);
    expect(err).toMatch(/stack Portcullis in eu-west-1 did not answer/);
    const { messages } = local.account.region(REGION).queues.get(QUEUES.changes) ?? {};
    expect(messages?.size).toBe(1);
  });

  it('fails if the stack has no such queue', async () => {
    const elsewhere = await redriven('--stack', 'Another');
    expect(elsewhere.code).toBe(2);
    expect(elsewhere.err).toContain('stack Another in eu-west-1 has no queue of Portcullis: give --stack NAME');
    const stackWithout = await redriven('--stack', 'Another', '--queue', 'FailedActions');
    expect([stackWithout.code, stackWithout.err]).toEqual([2, expect.stringContaining('has no queue FailedActions')]);
  });
});
