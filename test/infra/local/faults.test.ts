import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  AuthorizeSecurityGroupIngressCommand,
  EC2Client as Client,
  DescribeSecurityGroupsCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Fault } from '../../../infra/local/faults.ts';
import type { LocalAccount } from '../../../infra/local/start.ts';
import { virtualAccount } from './in-process.ts';
import { clientConfig, ec2Client, vpcWithGroup } from './local-client.ts';

let local: LocalAccount;
let ec2: EC2Client;

beforeEach(async () => {
  local = await virtualAccount();
  ec2 = ec2Client(local);
});
afterEach(() => local.close());

function describeGroups() {
  return ec2.send(new DescribeSecurityGroupsCommand({}));
}

function inject(fault: Omit<Fault, 'service'>): void {
  local.faults.push({ service: 'ec2', ...fault });
}

async function outcomes(count: number, call: () => Promise<unknown>): Promise<readonly string[]> {
  const names: string[] = [];
  for (let i = 0; i < count; i++) {
    names.push(
      await call().then(
        () => 'ok',
        (error: unknown) => (error instanceof Error ? error.name : String(error)),
      ),
    );
  }
  return names;
}

test('a throttled EC2 call is RequestLimitExceeded with status 503', async () => {
  inject({ operation: 'DescribeSecurityGroups', kind: 'throttle' });
  await expect(describeGroups()).rejects.toMatchObject({
    name: 'RequestLimitExceeded',
    $metadata: { httpStatusCode: 503 },
  });
});

test('a fault applies to the nth call only, to the first few, or to all', async () => {
  inject({ operation: 'DescribeSecurityGroups', kind: 'throttle', nth: 2 });
  expect(await outcomes(3, describeGroups)).toEqual(['ok', 'RequestLimitExceeded', 'ok']);
  local.faults.splice(0, 1);
  inject({ operation: 'DescribeSecurityGroups', kind: 'unauthorized', times: 2 });
  expect(await outcomes(3, describeGroups)).toEqual(['UnauthorizedOperation', 'UnauthorizedOperation', 'ok']);
  local.faults.splice(0, 1);
  inject({ kind: 'internal-error' });
  expect(await outcomes(2, describeGroups)).toEqual(['InternalError', 'InternalError']);
});

test('a fault of one operation does not affect other operations', async () => {
  inject({ operation: 'CreateVpc', kind: 'throttle' });
  expect(await outcomes(1, describeGroups)).toEqual(['ok']);
});

test('the SDK retries a throttled call', async () => {
  inject({ operation: 'DescribeSecurityGroups', kind: 'throttle', times: 1 });
  const patient = new Client({ ...clientConfig(local), maxAttempts: 3 });
  const answer = await patient.send(new DescribeSecurityGroupsCommand({}));
  expect(answer.$metadata.attempts).toBe(2);
  expect(local.calls.map(({ errorCode }) => errorCode)).toEqual(['RequestLimitExceeded', undefined]);
});

async function authorizeOnce(kind: Fault['kind']) {
  const { groupId } = await vpcWithGroup(ec2);
  inject({ operation: 'AuthorizeSecurityGroupIngress', kind });
  const flat = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '0.0.0.0/0' };
  const call = ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, ...flat }));
  await expect(call).rejects.toMatchObject({ code: 'ECONNRESET' });
  const rules = [...local.account.region('us-east-1').rules.values()];
  return rules.filter((rule) => rule.groupId === groupId && rule.direction === 'ingress');
}

test('a reset before the call changes nothing and records nothing', async () => {
  expect(await authorizeOnce('reset-before')).toHaveLength(0);
  expect(local.events.some(({ detail }) => detail.eventName === 'AuthorizeSecurityGroupIngress')).toBe(false);
});

test('a reset after the call leaves its effect and its event', async () => {
  expect(await authorizeOnce('reset-after')).toHaveLength(1);
  expect(local.events.at(-1)?.detail.eventName).toBe('AuthorizeSecurityGroupIngress');
});

test('a delay fault delays the answer', async () => {
  inject({ kind: 'delay', ms: 120 });
  await describeGroups();
  const call = local.calls[0]!;
  expect(call.endedAt - call.startedAt).toBe(120);
});

test('each service has its own throttling error', async () => {
  for (const service of ['ssm', 'sns', 'dynamodb'] as const) local.faults.push({ service, kind: 'throttle' });
  const [ssm, sns] = [new SSMClient(clientConfig(local)), new SNSClient(clientConfig(local))];
  const dynamodb = new DynamoDBClient(clientConfig(local));
  expect([
    ...(await outcomes(1, () => ssm.send(new GetParameterCommand({ Name: 'x' })))),
    ...(await outcomes(1, () => sns.send(new PublishCommand({ TopicArn: 'x', Message: 'm' })))),
    ...(await outcomes(1, () => dynamodb.send(new ListTablesCommand({})))),
  ]).toEqual(['ThrottlingException', 'ThrottledException', 'ThrottlingException']);
});

test('a refused call is recorded as an event with its code', async () => {
  const { groupId } = await vpcWithGroup(ec2);
  inject({ operation: 'AuthorizeSecurityGroupIngress', kind: 'unauthorized' });
  const flat = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '0.0.0.0/0' };
  const call = ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, ...flat }));
  await expect(call).rejects.toMatchObject({ name: 'UnauthorizedOperation' });
  expect(local.events.at(-1)?.detail).toMatchObject({
    errorCode: 'Client.UnauthorizedOperation',
    responseElements: null,
  });
});

test('a hook runs before the call is performed and may change the account', async () => {
  const { groupId } = await vpcWithGroup(ec2);
  const stop = local.beforeCall((_service, operation) => {
    if (operation === 'DescribeSecurityGroups') local.account.region('us-east-1').groups.delete(groupId);
  });
  const { SecurityGroups } = await describeGroups();
  expect(SecurityGroups?.map((group) => group.GroupName)).toEqual(['default']);
  stop();
});

test('a hook that throws fails the call', async () => {
  local.beforeCall(() => {
    throw new Error('planted');
  });
  await expect(describeGroups()).rejects.toThrow(/planted/);
});

test('a fault for one access key does not affect other callers', async () => {
  inject({ kind: 'internal-error', accessKeyId: 'AKIASOMEBODYELSE0000' });
  await expect(describeGroups()).resolves.toBeDefined();
});
