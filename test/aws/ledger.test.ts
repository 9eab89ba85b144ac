import { randomBytes } from 'node:crypto';
import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ledger } from '../../shared/aws/ledger.ts';
import { keyOf } from '../../shared/aws/ledger-item.ts';
import { LEASE_MS, LEDGER_TABLE } from '../../shared/aws/ledger-table.ts';
import type { Outcome, Plan } from '../../shared/model/decision.ts';
import { CallFailed, InputInvalid } from '../../shared/model/errors.ts';
import type { Rule } from '../../shared/model/rule.ts';
import { type LocalTable, localTable } from './local-table.ts';

const START = Date.parse('2026-05-01T12:00:00Z');
const DAY = 86_400_000;

let table: LocalTable;
let group = 'sg-0';
const clock = { time: START, now: () => clock.time };

beforeAll(async () => {
  table = await localTable();
});
afterAll(async () => table.close());
beforeEach(() => {
  clock.time = START;
  group = `sg-${randomBytes(8).toString('hex')}`;
});

const open = () => ledger({ dynamoDb: table.dynamoDb, name: table.name, clock });

const ruleOf = (id: string, description = 'ssh'): Rule => ({
  id,
  groupId: group,
  direction: 'ingress',
  protocol: 'tcp',
  fromPort: 22,
  toPort: 22,
  source: { kind: 'ipv4', cidr: '0.0.0.0/0' },
  description,
  tags: { ticket: 'Ä-1' },
});

const planOf = (id: string, rules: readonly Rule[] = [ruleOf('sgr-1')], at = START): Plan => ({
  id,
  at,
  decision: {
    group: { id: group, name: 'web', tags: {} },
    rules,
    others: 0,
    because: [{ control: 'world-open-admin', severity: 'critical', freshness: 'fresh', rules, exposures: [] }],
    mode: 'enforce',
    remedy: 'revoke',
    limits: [],
  },
  change: {
    id: 'event-1',
    call: 'AuthorizeSecurityGroupIngress',
    trigger: 'rules-added',
    scope: { by: 'group-id', ids: [group] },
    brought: { kind: 'rules', ids: rules.flatMap((rule) => rule.id ?? []), contents: rules },
    at,
    account: '111122223333',
    region: 'eu-central-1',
  },
  steps: [{ do: 'revoke', groupId: group, direction: 'ingress', rules }],
  undo: [{ do: 'authorize', groupId: group, direction: 'ingress', rules }],
});

const outcomeOf = (plan: Plan, change: Partial<Outcome> = {}): Outcome => ({
  plan,
  status: 'done',
  removed: plan.decision.rules,
  alreadyGone: [],
  drifted: [],
  at: clock.time,
  ...change,
});

const stored = async (plan: Plan) =>
  (await table.dynamoDb.send(new GetItemCommand({ TableName: table.name, Key: keyOf(plan) }))).Item;

const listed = async () => {
  const { index, partitionKey } = LEDGER_TABLE.unsettled;
  const answer = await table.dynamoDb.send(
    new QueryCommand({
      TableName: table.name,
      IndexName: index,
      KeyConditionExpression: `${partitionKey} = :group`,
      ExpressionAttributeValues: { ':group': { S: group } },
    }),
  );
  return answer.Items?.some((item) => item[LEDGER_TABLE.partitionKey]?.S === group);
};

describe('reserve', () => {
  it('gives way to a new plan, and has its undo before anything is done', async () => {
    const plan = planOf('plan-1');
    expect(await open().reserve(plan, 'one')).toBe('go');
    expect(await open().entries(group)).toMatchObject([{ plan, owner: 'one' }]);
  });

  it('lets the same invocation go on where it stopped', async () => {
    await open().reserve(planOf('plan-1'), 'one');
    expect(await open().reserve(planOf('plan-1'), 'one')).toBe('resume');
  });

  it('keeps another invocation away while the lease runs', async () => {
    await open().reserve(planOf('plan-1'), 'one');
    clock.time += LEASE_MS - 1;
    expect(await open().reserve(planOf('plan-1'), 'two')).toBe('busy');
  });

  it('lets another invocation take over a dead one’s plan, and keeps the plan as it was', async () => {
    const first = planOf('plan-1');
    await open().reserve(first, 'one');
    clock.time += LEASE_MS;
    expect(await open().reserve(planOf('plan-1', [], START + 1), 'two')).toBe('resume');
    expect(await open().entries(group)).toMatchObject([{ plan: first, owner: 'two' }]);
    expect(await open().reserve(first, 'three')).toBe('busy');
  });

  it('lets exactly one of many begin', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => open().reserve(planOf('plan-1'), `owner-${index}`)),
    );
    expect(answers.toSorted()).toEqual([...Array(19).fill('busy'), 'go']);
  });

  it('lets exactly one of many take over', async () => {
    await open().reserve(planOf('plan-1'), 'dead');
    clock.time += LEASE_MS;
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => open().reserve(planOf('plan-1'), `owner-${index}`)),
    );
    expect(answers.toSorted()).toEqual([...Array(19).fill('busy'), 'resume']);
  });

  it.each(['done', 'reported', 'pending'] as const)('has nothing to do for a plan that ended as %s', async (status) => {
    const plan = planOf('plan-1');
    await open().reserve(plan, 'one');
    await open().settle(outcomeOf(plan, { status }));
    expect(await open().reserve(plan, 'one')).toBe('settled');
  });

  it('begins anew after a failure', async () => {
    const plan = planOf('plan-1');
    await open().reserve(plan, 'one');
    await open().settle(outcomeOf(plan, { status: 'failed', removed: [] }));
    expect(await open().reserve(plan, 'two')).toBe('go');
    expect(await open().entries(group)).toMatchObject([{ plan, owner: 'two' }]);
  });

  it('begins anew where the entry has expired and DynamoDB has not deleted it yet', async () => {
    const plan = planOf('plan-1');
    await open().reserve(plan, 'one');
    await open().settle(outcomeOf(plan, { status: 'reported', removed: [] }));
    clock.time += 30 * DAY;
    expect(await open().reserve(plan, 'two')).toBe('go');
  });

  it('throws CallFailed when the table is not there', async () => {
    const nowhere = ledger({ dynamoDb: table.dynamoDb, name: 'no-such-table', clock });
    const failure = await nowhere.reserve(planOf('plan-1'), 'one').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CallFailed);
    expect(failure).toMatchObject({ call: 'PutItem', code: 'ResourceNotFoundException', retryable: false });
  });
});

describe('settle', () => {
  it('records what happened, the fault’s words too', async () => {
    const plan = planOf('plan-1');
    await open().reserve(plan, 'one');
    const fault = new CallFailed('RevokeSecurityGroupIngress', 'UnauthorizedOperation', false, new Error('denied'));
    await open().settle(outcomeOf(plan, { status: 'failed', removed: [], drifted: [ruleOf('sgr-2')], fault }));
    const [entry] = await open().entries(group);
    expect(entry?.outcome).toMatchObject({
      plan,
      status: 'failed',
      removed: [],
      drifted: [ruleOf('sgr-2')],
      at: START,
    });
    expect(entry?.outcome?.fault).toMatchObject({ name: 'CallFailed', message: fault.message, retryable: false });
  });

  it('keeps a removal for 400 days and a report for 30', async () => {
    const removal = planOf('removal');
    const report = planOf('report');
    for (const plan of [removal, report]) await open().reserve(plan, 'one');
    await open().settle(outcomeOf(removal));
    await open().settle(outcomeOf(report, { status: 'reported', removed: [] }));
    expect((await stored(removal))?.[LEDGER_TABLE.ttl]?.N).toBe(String((START + 400 * DAY) / 1000));
    expect((await stored(report))?.[LEDGER_TABLE.ttl]?.N).toBe(String((START + 30 * DAY) / 1000));
    clock.time += 30 * DAY;
    expect((await open().entries(group)).map(({ plan }) => plan.id)).toEqual(['removal']);
  });

  it('gives an unsettled entry no end, lists it in the index, and takes it out again', async () => {
    const plan = planOf('plan-1');
    await open().reserve(plan, 'one');
    expect(await stored(plan)).not.toHaveProperty(LEDGER_TABLE.ttl);
    expect(await listed()).toBe(true);
    await open().settle(outcomeOf(plan));
    expect(await listed()).toBe(false);
  });

  it('leaves the first record alone when a slow invocation settles later', async () => {
    const plan = planOf('plan-1');
    await open().reserve(plan, 'one');
    await open().settle(outcomeOf(plan));
    await open().settle(outcomeOf(plan, { status: 'failed', removed: [] }));
    expect((await open().entries(group))[0]?.outcome?.status).toBe('done');
  });

  it('refuses a plan that was never reserved', async () => {
    await expect(open().settle(outcomeOf(planOf('plan-1')))).rejects.toThrow(InputInvalid);
  });
});

describe('unsettled', () => {
  it('gives only what is open, with who holds it until when', async () => {
    const [open1, closed] = [planOf('open'), planOf('closed')];
    await open().reserve(open1, 'one');
    await open().reserve(closed, 'one');
    await open().settle({ plan: closed, status: 'done', removed: [], alreadyGone: [], drifted: [], at: START });
    expect(await open().unsettled(group)).toMatchObject([{ plan: { id: 'open' }, owner: 'one' }]);
    expect((await open().unsettled(group))[0]?.heldUntil).toBeGreaterThan(START);
  });
});

describe('entries', () => {
  it('gives only the group’s entries, newest first', async () => {
    await open().reserve(planOf('older', [ruleOf('sgr-1')], START), 'one');
    await open().reserve(planOf('newer', [ruleOf('sgr-2')], START + 5), 'one');
    const mine = group;
    group = 'sg-other';
    await open().reserve(planOf('foreign'), 'one');
    expect((await open().entries(mine)).map(({ plan }) => plan.id)).toEqual(['newer', 'older']);
  });

  it('gives a thousand rules back exactly, with descriptions that do not compress', async () => {
    const rules = Array.from({ length: 1000 }, (_, index) =>
      ruleOf(`sgr-${index.toString(16).padStart(17, '0')}`, randomBytes(190).toString('base64')),
    );
    const plan = planOf('plan-1', rules);
    expect(await open().reserve(plan, 'one')).toBe('go');
    await open().settle(outcomeOf(plan, { removed: rules.slice(0, 300) }));
    const [entry] = await open().entries(group);
    expect(entry?.plan).toEqual(plan);
    expect(entry?.outcome?.removed).toEqual(rules.slice(0, 300));
  });

  it('reads on where a query’s megabyte ends', async () => {
    const many = Array.from({ length: 8 }, (_, plan) =>
      planOf(
        `plan-${plan}`,
        Array.from({ length: 700 }, (_unused, rule) => ruleOf(`sgr-${rule}`, randomBytes(190).toString('base64'))),
      ),
    );
    for (const plan of many) await open().reserve(plan, 'one');
    expect(await open().entries(group)).toHaveLength(8);
  });
});
