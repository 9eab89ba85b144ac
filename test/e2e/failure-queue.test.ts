import { ConfigServiceClient } from '@aws-sdk/client-config-service';
import { ModifyManagedPrefixListCommand } from '@aws-sdk/client-ec2';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findQueues, redrive } from '../../shared/adapters/aws/sqs/dead-letters.ts';
import { doorName, functionName, STACK_NAME } from '../../shared/catalogue.ts';
import { REGION } from './requests.ts';
import { openShop, tcp } from './shop.ts';

let shop: Awaited<ReturnType<typeof openShop>>;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(async () => await shop.close());

async function isOpen(name: string) {
  return (await shop.rules(name)).some(({ CidrIpv4, IsEgress }) => CidrIpv4 === '0.0.0.0/0' && !IsEgress);
}

/** Runs `portcullis redrive` on the failure queue of on-change. */
async function redriveChanges() {
  const settings = shop.settings();
  const clients = {
    sqs: new SQSClient({ ...settings, useQueueUrlAsEndpoint: false }),
    lambda: new LambdaClient(settings),
    config: new ConfigServiceClient(settings),
  };
  const [queue] = await findQueues(clients, STACK_NAME, ['FailedChanges']);
  const addressee = {
    recipient: 'onChange',
    name: functionName('onChange'),
    invokedAs: doorName('onChange', 'requests'),
  } as const;
  const result = await redrive(clients, { ...queue!, kind: 'invocation', addressees: [addressee], dryRun: false });
  await shop.delivery.drain();
  return result;
}

it('an event that fails in on-change goes to its failure queue, and redrive handles it', async () => {
  shop.local.faults.push({ service: 'dynamodb', kind: 'internal-error' });
  await shop.authorize('app', tcp(22, '0.0.0.0/0'));
  await shop.delivery.drain();
  shop.local.faults.length = 0;
  expect(await isOpen('app')).toBe(true);
  expect(shop.delivery.failures).toMatchObject([
    { condition: 'RetriesExhausted', failureQueueName: expect.stringContaining('FailedChanges') },
  ]);

  expect(await redriveChanges()).toEqual({ queue: 'FailedChanges', sent: 1, dropped: [], kept: [] });
  expect(await isOpen('app')).toBe(false);
  expect(
    shop.local.account.region(REGION).queues.get(shop.delivery.failures[0]?.failureQueueName ?? '')?.messages.size,
  ).toBe(0);
});

/** Makes an event fail by throttling EC2, and runs on-schedule, now and when records are confirmed. */
async function giveUp(change: () => Promise<unknown>): Promise<void> {
  shop.local.faults.push({ service: 'ec2', operation: 'DescribeSecurityGroups', kind: 'throttle' });
  await change();
  await shop.delivery.drain();
  shop.local.faults.length = 0;
  for (const ms of [300_000, 1_200_000]) {
    await shop.clock.advance(ms);
    await shop.tick();
  }
  expect(shop.delivery.failures).toMatchObject([{ failureQueueName: expect.stringContaining('FailedChanges') }]);
}

it('redrive closes the rule of a failed event about a group without a record', async () => {
  await shop.close();
  shop = await openShop({ isRecorded: false });
  await giveUp(async () => await shop.authorize('app', tcp(22, '0.0.0.0/0')));
  // Without a record, the rule does not count as new, and only new rules are closed.
  expect(await isOpen('app')).toBe(true);
  expect(await redriveChanges()).toMatchObject({ sent: 1, kept: [] });
  expect(await isOpen('app')).toBe(false);
});

it('redrive notifies people of a failed event that names no group', async () => {
  await shop.close();
  shop = await openShop({
    estate: {
      prefixLists: [{ name: 'offices', addressFamily: 'IPv4', entries: ['192.0.2.0/24'], maxEntries: 20 }],
      vpcs: [{ name: 'shop', cidr: '10.20.0.0/16', groups: [{ name: 'app' }] }],
    },
  });
  const PrefixListId = shop.prefixListId();
  await shop.authorize('app', { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, PrefixListIds: [{ PrefixListId }] });
  await shop.delivery.drain();
  const AddEntries = [{ Cidr: '0.0.0.0/0' }];
  await giveUp(
    async () =>
      await shop.ec2.send(new ModifyManagedPrefixListCommand({ PrefixListId, CurrentVersion: 1, AddEntries })),
  );
  expect(shop.local.messages).toEqual([]);
  expect(await redriveChanges()).toMatchObject({ sent: 1, kept: [] });
  expect(shop.local.messages.map(({ subject }) => subject)).toEqual([expect.stringMatching(/^Waiting for approval/)]);
});
