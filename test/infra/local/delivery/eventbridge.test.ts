import { AuthorizeSecurityGroupIngressCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { Context } from 'aws-lambda';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cellRules } from '../../../../infra/local/cell/stack-settings.ts';
import { EventPatternError } from '../../../../infra/local/delivery/event-matchers.ts';
import {
  type Delivery,
  type DeliveryOptions,
  type DeliveryRule,
  startDelivery,
} from '../../../../infra/local/delivery/eventbridge.ts';
import type { Target } from '../../../../infra/local/delivery/invocation.ts';
import type { LocalAccount } from '../../../../infra/local/start.ts';
import { EVENT_PATTERNS, ofRegions } from '../../../../shared/catalogue.ts';
import { virtualAccount } from '../in-process.ts';
import { ec2Client, seeded, vpcWithGroup } from '../local-client.ts';

const rules = [
  {
    name: 'rules-changed',
    pattern: { detail: { eventName: [{ prefix: 'Authorize' }], errorCode: [{ exists: false }] } },
  },
];

let local: LocalAccount;
let ec2: EC2Client;
let groupId: string;

beforeEach(async () => {
  local = await virtualAccount();
  ec2 = ec2Client(local);
  ({ groupId } = await vpcWithGroup(ec2));
});
afterEach(() => local.close());

/** Delivers to a function that the test defines. */
function deliver({
  target,
  ...options
}: Partial<Omit<DeliveryOptions, 'functionName'>> & { readonly target: Target }): Delivery {
  local.functions.deploy({ name: 'on-change', target, timeoutMs: 60_000 });
  return startDelivery(local, { rules, functionName: 'on-change', ...options });
}

async function authorize(...ports: readonly number[]): Promise<void> {
  for (const port of ports) {
    const flat = { IpProtocol: 'tcp', FromPort: port, ToPort: port, CidrIp: '0.0.0.0/0' };
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, ...flat }));
  }
}

function portOf(event: unknown): number {
  return Object(event).detail.requestParameters.fromPort;
}

test('delivers a matching event to the target with a Lambda context', async () => {
  const seen: [number, Context][] = [];
  const target = async (event: unknown, context: Context) => void seen.push([portOf(event), context]);
  const delivery = deliver({ target });
  await authorize(22);
  await delivery.drain();
  expect(seen.map(([port]) => port)).toEqual([22]);
  const context = seen[0]![1];
  expect(context.invokedFunctionArn).toBe('arn:aws:lambda:us-east-1:111122223333:function:on-change');
  expect(context.awsRequestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(context.getRemainingTimeInMillis()).toBeGreaterThan(0);
});

test('does not deliver events without a matching rule, such as events of failed calls', async () => {
  const seen: unknown[] = [];
  const delivery = deliver({ target: async (event) => void seen.push(event) });
  await authorize(22);
  await expect(authorize(22)).rejects.toThrow(/already exists/);
  await vpcWithGroup(ec2);
  await delivery.drain();
  expect(seen).toHaveLength(1);
  expect(local.events.at(-3)?.detail['errorCode']).toBe('Client.InvalidPermission.Duplicate');
});

test('with doubled, delivers each event twice, in two invocations', async () => {
  const ids = new Set<string>();
  const ports: number[] = [];
  const target = async (event: unknown, { awsRequestId }: Context) => {
    ids.add(awsRequestId);
    ports.push(portOf(event));
  };
  const delivery = deliver({ target, doubled: true });
  await authorize(22, 23);
  await delivery.drain();
  expect(ports.toSorted((a, b) => a - b)).toEqual([22, 22, 23, 23]);
  expect(ids.size).toBe(4);
});

test('with shuffled, delivers waiting events in another order, without losing any', async () => {
  const ports = Array.from({ length: 20 }, (_, i) => 100 + i);
  const seen: number[] = [];
  const target = async (event: unknown) => void seen.push(portOf(event));
  const delivery = deliver({ target, shuffled: true, random: seeded(7), delayMs: 500 });
  await authorize(...ports);
  await delivery.drain();
  expect(seen).not.toEqual(ports);
  expect(seen.toSorted((a, b) => a - b)).toEqual(ports);
});

test('retries a failed target with the same request id until it succeeds', async () => {
  const ids: string[] = [];
  const target = async (_event: unknown, { awsRequestId }: Context) => {
    ids.push(awsRequestId);
    if (ids.length < 3) throw new Error('not yet');
  };
  const delivery = deliver({ target });
  await authorize(22);
  await delivery.drain();
  expect(ids).toHaveLength(3);
  expect(new Set(ids).size).toBe(1);
  expect(delivery.failures).toEqual([]);
});

test('reports an event as failed after three failed attempts', async () => {
  const delivery = deliver({ target: () => Promise.reject(new Error('never')) });
  await authorize(22);
  await delivery.drain();
  expect(delivery.failures).toMatchObject([{ attempts: 3, error: { message: 'never' } }]);
  expect(portOf(delivery.failures[0]?.event)).toBe(22);
});

test('a target that modifies its event does not affect the next attempt', async () => {
  const names: unknown[] = [];
  const target = async (event: unknown) => {
    names.push(Object(event).detail.eventName);
    Object(event).detail.eventName = 'altered';
    if (names.length === 1) throw new Error('again');
  };
  const delivery = deliver({ target });
  await authorize(22);
  await delivery.drain();
  expect(names).toEqual(['AuthorizeSecurityGroupIngress', 'AuthorizeSecurityGroupIngress']);
});

test('drain waits for work that the target has started', async () => {
  const seen: number[] = [];
  const target = async (event: unknown) => {
    seen.push(portOf(event));
    if (seen.length < 3) await authorize(22 + seen.length);
  };
  const delivery = deliver({ target });
  await authorize(22);
  await delivery.drain();
  expect(seen).toEqual([22, 23, 24]);
});

test('delivers an event after its call has returned', async () => {
  const order: string[] = [];
  const delivery = deliver({ target: async () => void order.push('delivered'), delayMs: 100 });
  await authorize(22);
  order.push('returned');
  await delivery.drain();
  expect(order).toEqual(['returned', 'delivered']);
});

test('after stop, delivers no more events', async () => {
  const seen: unknown[] = [];
  const delivery = deliver({ target: async (event) => void seen.push(event) });
  delivery.stop();
  await authorize(22);
  await delivery.drain();
  expect(seen).toEqual([]);
});

const AWAY = 'sa-east-1';
const [rule] = rules;

/**
 * Opens a port in the home region and another one in another region. Returns the ports whose events reached
 * the function.
 */
async function delivered(given: readonly DeliveryRule[]): Promise<readonly number[]> {
  const seen: number[] = [];
  const delivery = deliver({ rules: given, target: async (event) => void seen.push(portOf(event)) });
  await authorize(22);
  const away = ec2Client(local, undefined, AWAY);
  ({ groupId } = await vpcWithGroup(away));
  ec2 = away;
  await authorize(23);
  await delivery.drain();
  return seen;
}

test('a rule matches events of its own region only', async () => {
  expect(await delivered([{ ...rule! }])).toEqual([22]);
});

test('delivers an event of another region through a forwarder and a rule of the home region', async () => {
  expect(await delivered([{ ...rule! }, { ...rule!, region: AWAY, target: 'home-bus' }])).toEqual([22, 23]);
});

test('does not deliver a forwarded event without a matching rule in the home region', async () => {
  const forwarder = { name: 'forwarder', pattern: { source: ['aws.ec2'] }, region: AWAY, target: 'home-bus' } as const;
  const other = { name: 'other', pattern: { source: ['aws.rds'] } };
  expect(await delivered([other, forwarder])).toEqual([]);
});

test('the cell’s rules are those of the synthesised templates: home and forwarder have the same patterns', () => {
  const patternsIn = (region: string, others: readonly string[]) =>
    cellRules('eu-west-1', others).flatMap((one) => (one.region === region ? [one.pattern] : []));
  const expected = (...regions: string[]) => Object.values(EVENT_PATTERNS).map((one) => ofRegions(one, regions));
  expect(patternsIn('eu-west-1', [])).toEqual(expected('eu-west-1'));
  expect(patternsIn('eu-west-1', [AWAY])).toEqual(expected('eu-west-1', AWAY));
  expect(patternsIn(AWAY, [AWAY])).toEqual(expect.arrayContaining(expected(AWAY)));
  expect(patternsIn(AWAY, [])).toEqual([]);
});

test('refuses an invalid pattern before any event', () => {
  const wrong = [{ name: 'wrong', pattern: { source: [{ like: 'aws.*' }] } }];
  expect(() => startDelivery(local, { rules: wrong, functionName: 'on-change' })).toThrow(EventPatternError);
});
