import { once } from 'node:events';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import {
  CreateVpcCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type LocalAccount, startLocalAccount } from '../../../infra/local/start.ts';
import { VirtualClock } from '../../../infra/local/time/virtual-clock.ts';
import { ec2Client, seeded } from './local-client.ts';

let local: LocalAccount;
let ec2: EC2Client;

beforeEach(async () => {
  local = await startLocalAccount();
  ec2 = ec2Client(local);
});
afterEach(() => local.close());

const CREDENTIAL = 'AWS4-HMAC-SHA256 Credential=AKIA/20261121/us-east-1/ec2/aws4_request, Signature=0';

function post(body: string, authorization = CREDENTIAL): Promise<Response> {
  const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
  return fetch(local.endpoint, { method: 'POST', headers, body });
}

async function read(name: string) {
  return (await fetch(`${local.endpoint}/_portcullis/${name}`)).json();
}

async function script() {
  const one = await startLocalAccount({ random: seeded(1), clock: new VirtualClock(1_800_000_000_000) });
  await ec2Client(one).send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const events = structuredClone(one.events);
  await one.close();
  return events;
}

test('listens on 127.0.0.1 only', async () => {
  const { hostname, port } = new URL(local.endpoint);
  expect(hostname).toBe('127.0.0.1');
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ address, family }) => family === 'IPv4' && address !== '127.0.0.1');
  for (const { address } of others) {
    const reached = await new Promise<boolean>((resolve) => {
      const socket = connect({ host: address, port: Number(port) }, () => resolve(true));
      socket.on('error', () => resolve(false));
    });
    expect(reached).toBe(false);
  }
});

test('a request without a signature is refused', async () => {
  const answer = await fetch(local.endpoint, { method: 'POST', body: 'Action=DescribeVpcs' });
  expect(answer.status).toBe(403);
  expect(await answer.text()).toContain('missing Authentication Token');
});

test('the error for an unknown service names the service', async () => {
  const answer = await post('Action=ListBuckets', CREDENTIAL.replace('/ec2/', '/s3/'));
  expect(answer.status).toBe(404);
  expect(await answer.text()).toContain('no service s3; it has ec2, lambda, sns, sts, iam, sqs');
});

test('an operation that the account does not implement is InvalidAction, and is logged with that code', async () => {
  await expect(ec2.send(new DescribeInstancesCommand({}))).rejects.toMatchObject({
    name: 'InvalidAction',
    message: 'The embedded account does not implement DescribeInstances.',
  });
  expect(local.calls).toMatchObject([{ operation: 'DescribeInstances', errorCode: 'InvalidAction' }]);
});

test('an operation that EC2 does not have gets the error of EC2', async () => {
  expect(await (await post('Action=DescribeSecurityGroop&Version=2016-11-15')).text()).toContain(
    'The action DescribeSecurityGroop is not valid for this web service.',
  );
});

test('a request without an action is MissingAction', async () => {
  expect(await (await post('Version=2016-11-15')).text()).toContain('<Code>MissingAction</Code>');
});

test('an invalid number is MalformedQueryString', async () => {
  const answer = await post('Action=DescribeSecurityGroups&MaxResults=many');
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain('<Code>MalformedQueryString</Code>');
});

test('parameters with names of object prototypes are ordinary parameters', async () => {
  const answer = await post('Action=DescribeVpcs&__proto__.x=1&constructor.prototype.y=2&toString=3');
  expect(answer.status).toBe(200);
  expect((await post('Action=constructor')).status).toBe(400);
  expect((await post('Action=__proto__')).status).toBe(400);
});

test('a GET request has its parameters in the URL', async () => {
  const url = `${local.endpoint}/?Action=DescribeVpcs&Version=2016-11-15`;
  const answer = await fetch(url, { headers: { authorization: CREDENTIAL } });
  expect(await answer.text()).toContain('<DescribeVpcsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">');
});

test('regions have separate state', async () => {
  await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const elsewhere = ec2Client(local, 'AKIAEXAMPLEEXAMPLE00', 'eu-central-1');
  expect((await elsewhere.send(new DescribeVpcsCommand({}))).Vpcs).toEqual([]);
  expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(1);
});

test('a dry run changes nothing and reports that it would have succeeded', async () => {
  const call = ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', DryRun: true }));
  await expect(call).rejects.toMatchObject({ name: 'DryRunOperation', $metadata: { httpStatusCode: 412 } });
  expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs).toEqual([]);
});

test('every call is logged with its times, order and input', async () => {
  await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  await ec2.send(new DescribeSecurityGroupsCommand({ MaxResults: 5 }));
  expect(local.calls).toMatchObject([
    { service: 'ec2', operation: 'CreateVpc', sequence: 0, region: 'us-east-1', input: { CidrBlock: '10.0.0.0/16' } },
    { service: 'ec2', operation: 'DescribeSecurityGroups', sequence: 1, input: { MaxResults: 5 } },
  ]);
  const [first] = local.calls;
  expect(first!.endedAt).toBeGreaterThanOrEqual(first!.startedAt);
  expect(local.calls.flatMap(({ begun, ended }) => [begun, ended])).toEqual([1, 2, 3, 4]);
});

test('the log shows which calls overlapped', async () => {
  local.faults.push({ service: 'ec2', kind: 'delay', ms: 50 });
  await Promise.all([ec2.send(new DescribeVpcsCommand({})), ec2.send(new DescribeSecurityGroupsCommand({}))]);
  const [first, second] = local.calls;
  expect(second!.begun).toBeLessThan(first!.ended);
});

test('events and calls can be read over HTTP', async () => {
  await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  expect(await read('events')).toMatchObject([{ detail: { eventName: 'CreateVpc' } }]);
  expect(await read('calls')).toMatchObject([{ operation: 'CreateVpc' }]);
  expect(await read('messages')).toEqual([]);
});

test('with the same seed and clock, the account gives the same answers', async () => {
  expect(await script()).toEqual(await script());
});

test('closing frees the port', async () => {
  const other = await startLocalAccount();
  const port = Number(new URL(other.endpoint).port);
  await other.close();
  const again = await startLocalAccount({ port });
  expect(again.endpoint).toBe(other.endpoint);
  await again.close();
});

test('a taken port is refused', async () => {
  const port = Number(new URL(local.endpoint).port);
  await expect(startLocalAccount({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('a caller that disconnects during a request does not affect the account', async () => {
  const port = Number(new URL(local.endpoint).port);
  const socket = connect({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nAction=Create');
  socket.destroy();
  await once(socket, 'close');
  expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs).toEqual([]);
});
