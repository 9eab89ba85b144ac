import { ConfigServiceClient } from '@aws-sdk/client-config-service';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findQueues, redrive } from '../../shared/aws/dead-letters.ts';
import { doorName, functionName, STACK_NAME } from '../../shared/catalogue.ts';
import { REGION } from './asking.ts';
import { openShop, tcp } from './shop.ts';

let shop: Awaited<ReturnType<typeof openShop>>;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(async () => await shop.close());

it('an event that on-change gives up lies in its failure queue, and redrive has it handled', async () => {
  shop.local.faults.push({ service: 'dynamodb', kind: 'internal-error' });
  await shop.authorize('app', tcp(22, '0.0.0.0/0'));
  await shop.delivery.drain();
  shop.local.faults.length = 0;
  const isOpen = async () =>
    (await shop.rules('app')).some(({ CidrIpv4, IsEgress }) => CidrIpv4 === '0.0.0.0/0' && !IsEgress);
  expect(await isOpen()).toBe(true);
  expect(shop.delivery.failures).toMatchObject([
    { condition: 'RetriesExhausted', keptIn: expect.stringContaining('FailedChanges') },
  ]);

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
  const redriving = { ...queue!, kind: 'invocation', addressees: [addressee], dryRun: false } as const;
  expect(await redrive(clients, redriving)).toEqual({ queue: 'FailedChanges', sent: 1, dropped: [], kept: [] });
  await shop.delivery.drain();
  expect(await isOpen()).toBe(false);
  expect(shop.local.account.region(REGION).queues.get(shop.delivery.failures[0]?.keptIn ?? '')?.messages.size).toBe(0);
});
