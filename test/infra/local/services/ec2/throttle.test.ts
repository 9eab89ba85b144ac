import {
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { virtualAccount } from '../../in-process.ts';
import { ec2Client } from '../../local-client.ts';

type Call = (ec2: EC2Client) => Promise<unknown>;

let local: Awaited<ReturnType<typeof virtualAccount>>;
let ec2: EC2Client;

beforeEach(async () => {
  local = await virtualAccount();
  ec2 = ec2Client(local);
});
afterEach(async () => await local.close());

/** Number of calls that are admitted, of `count` calls at the same moment. */
async function admitted(count: number, call: Call, client = ec2): Promise<number> {
  const codes = await Promise.all(
    Array.from({ length: count }, async () =>
      call(client).then(
        () => 'ok',
        (error: unknown) => (error instanceof Error ? error.name : String(error)),
      ),
    ),
  );
  return codes.filter((code) => code !== 'RequestLimitExceeded').length;
}

const revoke: Call = async (client) =>
  await client.send(new RevokeSecurityGroupIngressCommand({ GroupId: 'sg-00000000000000001', CidrIp: '0.0.0.0/0' }));
const unfiltered: Call = async (client) => await client.send(new DescribeSecurityGroupsCommand({}));
const paged: Call = async (client) => await client.send(new DescribeSecurityGroupsCommand({ MaxResults: 5 }));
const vpcs: Call = async (client) => await client.send(new DescribeVpcsCommand({}));

test.each([
  ['removals', revoke, 50, 5],
  ['reads of one page', paged, 100, 20],
  ['reads of all groups at once', unfiltered, 50, 10],
  ['reads of VPCs', vpcs, 100, 20],
])('%s: a burst, and then a steady rate', async (_what, call, burst, perSecond) => {
  expect(await admitted(burst + 20, call)).toBe(burst);
  await local.clock.advance(1000);
  expect(await admitted(burst, call)).toBe(perSecond);
  await local.clock.advance(3_600_000);
  expect(await admitted(burst + 1, call)).toBe(burst);
});

test('each operation has its own bucket, shared by all callers of a region', async () => {
  expect(await admitted(50, revoke)).toBe(50);
  expect(await admitted(1, revoke, ec2Client(local, 'AKIASOMEBODYELSE0000'))).toBe(0);
  expect(await admitted(1, revoke, ec2Client(local, undefined, 'eu-west-1'))).toBe(1);
  expect(await admitted(1, paged)).toBe(1);
});

test('a throttled call changes nothing, and CloudTrail records it with its error', async () => {
  await admitted(51, revoke);
  expect(local.calls.at(-1)).toMatchObject({ errorCode: 'RequestLimitExceeded' });
  expect(local.events.at(-1)?.detail).toMatchObject({
    eventName: 'RevokeSecurityGroupIngress',
    errorCode: 'Client.RequestLimitExceeded',
    responseElements: null,
  });
});

test('the limits can be turned off', async () => {
  local.throttle.mode = 'off';
  expect(await admitted(500, paged)).toBe(500);
  local.throttle.mode = 'as-in-aws';
  expect(await admitted(101, paged)).toBe(100);
});
