import path from 'node:path';
import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { AuthorizeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCell } from '../../../../infra/local/cell/run-cell.ts';
import { createLogGroup } from '../../../../infra/local/services/logs.ts';
import type { LocalAccount } from '../../../../infra/local/start.ts';
import { VirtualClock } from '../../../../infra/local/time/virtual-clock.ts';
import { functionName } from '../../../../shared/catalogue.ts';
import { CONTROLS } from '../../../../shared/controls/registry.ts';
import { compilePolicy } from '../../../../shared/policy/compile.ts';
import { virtualAccount } from '../in-process.ts';
import { clientConfig, ec2Client, seeded, vpcWithGroup } from '../local-client.ts';

const logGroupName = '/aws/lambda/closer';

let local: Awaited<ReturnType<typeof virtualAccount>>;
let log: (line: string) => void;

beforeEach(async () => {
  local = await virtualAccount();
  log = createLogGroup(local.account.region('us-east-1'), logGroupName);
});
afterEach(async () => await local.close());

function clientOf(account: LocalAccount) {
  return new CloudWatchLogsClient(clientConfig(account));
}

async function filter(input: Partial<FilterLogEventsCommandInput> = {}) {
  return await clientOf(local).send(new FilterLogEventsCommand({ logGroupName, ...input }));
}

async function messages(input: Partial<FilterLogEventsCommandInput> = {}) {
  return (await filter(input)).events?.map(({ message }) => message);
}

describe('FilterLogEvents', () => {
  test('answers with the events of a log group, oldest first', async () => {
    const start = local.clock.now();
    log('first');
    await local.clock.advance(10);
    log('second');
    expect((await filter()).events).toEqual([
      {
        logStreamName: 'local',
        timestamp: start,
        ingestionTime: start,
        message: 'first',
        eventId: expect.stringMatching(/^\d{56}$/),
      },
      expect.objectContaining({ timestamp: start + 10, message: 'second' }),
    ]);
  });

  test('keeps to the time range, both ends included', async () => {
    const start = local.clock.now();
    for (const line of ['a', 'b', 'c', 'd']) {
      log(line);
      await local.clock.advance(10);
    }
    expect(await messages({ startTime: start + 10, endTime: start + 20 })).toEqual(['b', 'c']);
  });

  test('finds events that contain every term of the pattern', async () => {
    log('{"level":"INFO","groupId":"sg-1","message":"no alert"}');
    log('{"level":"ERROR","groupId":"sg-1"}');
    log('{"level":"ERROR","groupId":"sg-2"}');
    expect(await messages({ filterPattern: 'ERROR "sg-1"' })).toEqual(['{"level":"ERROR","groupId":"sg-1"}']);
    expect(await messages({ filterPattern: '"\\"no alert\\""' })).toHaveLength(1);
    expect(await messages({ filterPattern: ' ' })).toHaveLength(3);
    expect(await messages({ filterPattern: '"sg-3"' })).toEqual([]);
  });

  test('answers in pages, also while events are added', async () => {
    for (const line of ['1 x', '2 x', '3', '4 x']) log(line);
    const pages: (string | undefined)[][] = [];
    const request = { logGroupName, limit: 2, filterPattern: 'x' };
    for await (const { events = [] } of paginateFilterLogEvents({ client: clientOf(local) }, request)) {
      pages.push(events.map(({ message }) => message));
      if (pages.length === 1) log('5 x');
    }
    expect(pages).toEqual([
      ['1 x', '2 x'],
      ['4 x', '5 x'],
    ]);
  });

  test('ends a page after 1 MB', async () => {
    for (let line = 0; line < 5; line += 1) log('x'.repeat(250_000));
    const { events, nextToken } = await filter();
    expect(events).toHaveLength(4);
    expect((await filter({ nextToken })).events).toHaveLength(1);
  });

  test.each([
    ['an unknown log group', { logGroupName: '/aws/lambda/none' }, 'ResourceNotFoundException'],
    ['a JSON pattern', { filterPattern: '{ $.level = "ERROR" }' }, 'InvalidParameterException'],
    ['an excluded term', { filterPattern: '-ERROR' }, 'InvalidParameterException'],
    ['a token that it did not give', { nextToken: 'x' }, 'InvalidParameterException'],
    ['a page of more than 10,000 events', { limit: 10_001 }, 'InvalidParameterException'],
    ['a log stream', { logStreamNames: ['2026/11/30'] }, 'InvalidParameterException'],
  ])('refuses %s', async (_what, input, name) => {
    await expect(filter(input)).rejects.toMatchObject({ name });
  });
});

describe('a log group', () => {
  test('forgets its oldest events beyond 8,000,000 characters', async () => {
    for (let line = 0; line < 40; line += 1) log(`${line} ${'x'.repeat(249_990)}`);
    const { events } = local.account.region('us-east-1').logGroups.get(logGroupName) ?? {};
    expect(events).toHaveLength(32);
    expect(events?.[0]?.message).toMatch(/^8 x/);
  });

  test('keeps pages in place when events are removed between two pages', async () => {
    for (const line of ['1', '2', '3']) log(line);
    const { nextToken } = await filter({ limit: 1 });
    local.account.region('us-east-1').logGroups.get(logGroupName)?.events.shift();
    expect(await messages({ limit: 1, nextToken })).toEqual(['2']);
  });

  test('has the log lines of a function of the cell', async () => {
    const clock = new VirtualClock();
    const cell = await runCell({
      bundle: path.join(import.meta.dirname, '../../../../functions/on-change'),
      policy: compilePolicy('version: 1\n', 'as shipped', CONTROLS),
      region: 'us-east-1',
      transport: 'in-process',
      clock,
      random: seeded(1),
    });
    const since = clock.now();
    const ec2 = ec2Client(cell.local);
    const { groupId } = await vpcWithGroup(ec2);
    await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: groupId,
        IpProtocol: 'tcp',
        FromPort: 22,
        ToPort: 22,
        CidrIp: '0.0.0.0/0',
      }),
    );
    await cell.delivery.drain();
    const { events = [] } = await clientOf(cell.local).send(
      new FilterLogEventsCommand({
        logGroupName: `/aws/lambda/${functionName('onChange')}`,
        startTime: since,
        filterPattern: `"${groupId}"`,
      }),
    );
    expect(events.map(({ message = '' }) => JSON.parse(message))).toContainEqual(
      expect.objectContaining({ level: 'INFO', service: 'Portcullis' }),
    );
    await cell.close();
  });
});
