import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../../../infra/local/faults.ts';
import type { Activity } from '../../../../infra/local/time/clock.ts';
import { inProcess, virtualAccount } from '../in-process.ts';

const KEY = { accessKeyId: 'AKIAEXAMPLEEXAMPLE00' };

let local: Awaited<ReturnType<typeof virtualAccount>>;
beforeEach(async () => {
  local = await virtualAccount();
});
afterEach(async () => await local.close());

function client(caller?: () => Activity) {
  const { retryStrategy: _, ...settings } = local.clientSettings({ ...KEY, ...(caller && { caller }) });
  return new EC2Client({ ...settings, maxAttempts: 1 });
}
async function describeVpcs(caller?: () => Activity) {
  return await client(caller).send(new DescribeVpcsCommand({}));
}

function inject(fault: Omit<Fault, 'service'>) {
  return void local.faults.push({ service: 'ec2', ...fault });
}

describe('an SDK client in this process', () => {
  it('speaks the wire protocol with the account', async () => {
    expect(await describeVpcs()).toMatchObject({ Vpcs: [], $metadata: { httpStatusCode: 200 } });
    expect(local.calls).toMatchObject([{ operation: 'DescribeVpcs', ...KEY }]);
  });

  it.each(['reset-before', 'reset-after'] as const)('sees %s as a broken connection', async (kind) => {
    inject({ kind });
    await expect(describeVpcs()).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('times out after 5 s of virtual time, and the call is performed all the same', async () => {
    inject({ kind: 'delay', ms: 20_000 });
    const before = local.clock.now();
    await expect(describeVpcs()).rejects.toMatchObject({ name: 'TimeoutError', code: 'ETIMEDOUT' });
    expect(local.clock.now() - before).toBe(5000);
    expect(local.calls[0]?.endedAt).toBeNaN();
    await local.clock.advance(15_000);
    expect(local.calls[0]?.endedAt).toBe(before + 20_000);
  });

  it('waits for a short delay', async () => {
    inject({ kind: 'delay', ms: 4999 });
    await describeVpcs();
    expect(local.calls[0]).toMatchObject({ endedAt: local.clock.now() });
  });

  it('can be aborted', async () => {
    inject({ kind: 'delay', ms: 1000 });
    const abortSignal = local.clock.timeout(10);
    const call = client().send(new DescribeVpcsCommand({}), { abortSignal });
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('is refused if no server listens', async () => {
    const ec2 = new EC2Client({ ...local.clientSettings(KEY), endpoint: 'http://127.0.0.1:9', maxAttempts: 1 });
    await expect(ec2.send(new DescribeVpcsCommand({}))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('reaches DynamoDB', async () => {
    const dynamoDb = new DynamoDBClient({ ...local.clientSettings(KEY) });
    const command = new CreateTableCommand({
      TableName: 'ledger',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    });
    expect((await dynamoDb.send(command)).TableDescription?.TableName).toBe('ledger');
  });

  it('of an activity that has ended does nothing', async () => {
    const activity = local.clock.begin('on-change 1');
    activity.end();
    await expect(describeVpcs(() => activity)).rejects.toMatchObject({ name: 'ActivityOver' });
    expect(local.calls).toEqual([]);
  });

  it('of an activity that ends during the call gets no answer, but the call has its effect', async () => {
    const activity = local.clock.begin('on-change 1');
    local.beforeCall(() => activity.end());
    await expect(describeVpcs(() => activity)).rejects.toMatchObject({ name: 'ActivityOver' });
    expect(local.calls).toMatchObject([{ operation: 'DescribeVpcs' }]);
  });
});

describe('fetch in this process', () => {
  it('passes method, path, headers and body to the server, and status, headers and body back', async () => {
    const { network, fetch } = inProcess();
    const { endpoint } = await network.listen(0, async ({ method, url, headers, body }) => ({
      status: 201,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ method, url, type: headers['content-type'], host: headers['host'], body }),
    }));
    const init = { method: 'POST', headers: { 'Content-Type': 'text/x' }, body: 'grüß' };
    const response = await fetch(`${endpoint}/a?b=c`, init);
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({
      method: 'POST',
      url: '/a?b=c',
      type: 'text/x',
      host: new URL(endpoint).host,
      body: 'grüß',
    });
  });

  it('fails like the real fetch when the connection breaks', async () => {
    const { network, fetch } = inProcess();
    const { endpoint } = await network.listen(0, async () => 'reset');
    await expect(fetch(endpoint)).rejects.toMatchObject({ message: 'fetch failed', cause: { code: 'ECONNRESET' } });
  });

  it('times out on the clock', async () => {
    const { network, clock, fetch } = inProcess();
    const { endpoint } = await network.listen(0, async (_request, activity) => {
      await activity.sleep(30_000);
      return 'reset';
    });
    const before = clock.now();
    await expect(fetch(endpoint, { signal: clock.timeout(5000) })).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(clock.now() - before).toBe(5000);
  });

  it('is refused by a closed server, and a taken port is refused', async () => {
    const { network, fetch } = inProcess();
    const serve = async () => 'reset' as const;
    const server = await network.listen(4700, serve);
    await expect(network.listen(4700, serve)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await server.close();
    await expect(fetch(server.endpoint)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });
});
