import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dispatchCommand } from '../../shared/actions/dispatch.ts';
import type { Change } from '../../shared/domain/change.ts';
import { remediationId } from '../../shared/domain/decision.ts';
import { CallFailed } from '../../shared/domain/errors.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import type { RemediationPorts } from '../../shared/domain/ports.ts';
import { isOwnRemoval } from '../../shared/remediation/own-change.ts';
import { type LocalTables, localTables, stateIn } from '../adapters/aws/dynamodb/local-table.ts';
import { seeded } from '../infra/local/local-client.ts';
import { BOB, world } from '../workflows/grants/world.ts';
import { cell, change, GUARD, group, recordAll, rule } from './cell.ts';
import { underEveryFault } from './faulty.ts';

const WORLD = '0.0.0.0/0';
const GROUP = 'sg-00000000000000001';
const OTHERS = ['sg-00000000000000010', 'sg-00000000000000011'] as const;
const MINUTE = 60_000;

function strict(removalsPerHour: number): Policy {
  return {
    ...GUARD,
    budget: { ...GUARD.budget, removalsPerHour },
    controls: {
      ...GUARD.controls,
      'world-open-admin': { ...GUARD.controls['world-open-admin']!, existing: 'enforce' },
    },
  };
}

function sweepOf(id: string, more: Partial<Change> = {}): Change {
  return change([], {
    id: `sweep ${id}`,
    call: 'Sweep',
    trigger: 'sweep',
    scope: { by: 'group-id', ids: [id] },
    added: { kind: 'unknown' },
    ...more,
  });
}

let tables: LocalTables;
beforeAll(async () => {
  tables = await localTables();
});
afterAll(async () => await tables.close());

type World = ReturnType<typeof cell>;

/** The ports of the ledger's table in place of those in memory. */
async function inDynamoDb({ ports, ec2 }: World): Promise<Partial<RemediationPorts>> {
  const table = { dynamoDb: tables.dynamoDb, name: await tables.create(), clock: ports.clock, random: seeded(1) };
  const { register, ...others } = stateIn(table);
  await recordAll(others.records, ec2.groups);
  return { ledger: register, ...others };
}

async function inMemory(): Promise<Partial<RemediationPorts>> {
  return {};
}

/** Lambda: two more attempts after one and two minutes. */
async function withRetries({ clock }: World, run: () => Promise<unknown>): Promise<unknown> {
  for (const pause of [MINUTE, 2 * MINUTE]) {
    try {
      return await run();
    } catch {
      clock.at += pause;
    }
  }
  return await run();
}

describe.each([
  ['in memory', inMemory],
  ['in DynamoDB', inDynamoDb],
])('a new rule that a look holds as an existing one, with the ledger %s', (_, portsOf) => {
  /** The budget is spent, and the new rule is in the record of its group, as if it had been there before. */
  const spent = async () => {
    const fresh = rule('tcp', 22, WORLD);
    const old = OTHERS.map((id) => group([{ ...rule('tcp', 22, WORLD), groupId: id }], { id }));
    const one = cell([...old, group([fresh])]);
    const policy = strict(1);
    const tablePorts = await portsOf(one);
    for (const id of OTHERS) await one.run(sweepOf(id), { policy, ports: tablePorts });
    return { ...one, fresh, policy, tablePorts };
  };

  it.each([
    ['waits while the look has the plan, and goes on when that is held', 'one look at the plan'],
    ['is retried until the lease of a look that is stuck is out', 'all of its retries'],
  ] as const)('is closed by its own event, which %s', async (_says, looksWaitsFor) => {
    const one = await spent();
    const told = one.told.length;
    const event = change([one.fresh], { id: 'event' });
    const busy = Promise.withResolvers<void>();
    const journal: RemediationPorts['journal'] = (entry) => {
      if (entry.what === 'planned' && entry.reservation === 'busy') busy.resolve();
    };
    const ports = { ...one.tablePorts, journal };
    let second: Promise<unknown> | undefined;
    const account = { ...one.ports, ...one.tablePorts }.budget;
    const budget: RemediationPorts['budget'] = {
      spend: async (...args) => {
        const run = async () => await one.run(event, { policy: one.policy, owner: 'event', ports });
        second ??= withRetries(one, run);
        await (looksWaitsFor === 'all of its retries' ? second : busy.promise);
        return await account.spend(...args);
      },
    };
    await one.run(sweepOf(GROUP), { policy: one.policy, owner: 'look', ports: { ...one.tablePorts, budget } });
    await Promise.all([second, busy.promise]);
    expect(one.left().filter(({ id }) => id === one.fresh.id)).toEqual([]);
    expect(one.told.slice(told)).toMatchObject([{ status: 'done', removed: [one.fresh] }]);
  });

  it('is closed by its own event though a sweep has found too much at once', async () => {
    const fresh = rule('tcp', 22, WORLD);
    const one = cell([group([fresh])]);
    const tablePorts = await portsOf(one);
    const policy = strict(1000);
    await one.run(sweepOf(GROUP, { hold: true }), { policy, owner: 'look', ports: tablePorts });
    expect(one.left()).toEqual([fresh]);
    await one.run(change([fresh], { id: 'event' }), { policy, owner: 'event', ports: tablePorts });
    expect(one.left()).toEqual([]);
    expect(one.told).toMatchObject([{ status: 'done', removed: [fresh] }]);
  });

  it('is closed in the end where the look dies at any call, the event being retried as Lambda does', async () => {
    const broken = await underEveryFault({
      make: async () => ({ ...(await spent()), isDone: false }),
      run: async (one, wrap) => {
        const ports = wrap({ ...one.ports, ...one.tablePorts });
        await one.run(sweepOf(GROUP), { policy: one.policy, owner: 'look', ports });
      },
      between: async (one) => {
        const event = change([one.fresh], { id: 'event' });
        const run = async () => await one.run(event, { policy: one.policy, owner: 'event', ports: one.tablePorts });
        if (!one.isDone) await withRetries(one, run);
        one.isDone = true;
      },
      check: (one) => {
        const left = one.left().filter(({ id }) => one.isDone && id === one.fresh.id);
        expect(left).toEqual([]);
      },
    });
    expect(broken).toBeGreaterThan(5);
  });
});

describe.each([
  ['in memory', inMemory],
  ['in DynamoDB', inDynamoDb],
])('a case that is settled though its rule is still there, with the ledger %s', (_, portsOf) => {
  /** EC2 said that the rule was gone, and it is not. */
  const stale = async () => {
    const open = rule('tcp', 22, WORLD);
    const one = cell([group([open])]);
    const tablePorts = await portsOf(one);
    const revoke: RemediationPorts['groups']['revoke'] = async ({ rules }) => ({
      removed: [],
      gone: rules,
      changed: [],
      unanswered: [],
    });
    await one.run(change([open]), { ports: { ...tablePorts, groups: { ...one.ports.groups, revoke } } });
    expect([one.left(), one.told]).toEqual([[open], []]);
    return { ...one, open, tablePorts, ledger: { ...one.ports, ...tablePorts }.ledger };
  };

  it('is closed with a record of its own, which names what went', async () => {
    const one = await stale();
    await one.run(change([one.open], { id: 'event-2' }), { owner: 'invocation-2', ports: one.tablePorts });
    expect(one.left()).toEqual([]);
    expect(one.told).toMatchObject([{ status: 'done', removed: [one.open] }]);
    const { id, undo } = one.told[0]!.plan;
    expect(undo).toMatchObject([{ do: 'authorize', rules: [one.open] }]);
    expect((await one.ledger.find(GROUP, id))?.outcome?.removed).toEqual([one.open]);
  });

  it('is closed once, recorded and told, whatever call breaks', async () => {
    const broken = await underEveryFault({
      make: stale,
      run: async (one, wrap) => {
        const ports = wrap({ ...one.ports, ...one.tablePorts });
        await one.run(change([one.open], { id: 'event-2' }), { owner: 'invocation-2', ports });
      },
      between: ({ clock }) => void (clock.at += MINUTE),
      check: async (one) => {
        expect(one.left()).toEqual([]);
        expect(new Set(one.told.map(({ plan, removed }) => `${plan.id} ${removed.length}`)).size).toBe(1);
        const entry = await one.ledger.find(GROUP, one.told[0]!.plan.id);
        expect(entry?.outcome?.removed).toEqual([one.open]);
      },
    });
    expect(broken).toBeGreaterThan(5);
  });

  it('is our own doing when the event of the removal comes', async () => {
    const one = await stale();
    await one.run(change([one.open], { id: 'event-2' }), { owner: 'invocation-2', ports: one.tablePorts });
    const removal = change([one.open], { id: 'event-3', call: 'RevokeSecurityGroupIngress', trigger: 'rules-removed' });
    const records = await { ...one.ports, ...one.tablePorts }.records.get([GROUP]);
    expect(isOwnRemoval(removal, { records, entries: [] })).toBe(true);
  });

  it('is told where EC2 refuses to remove it', async () => {
    const one = await stale();
    const revoke = async () =>
      await Promise.reject(new CallFailed('RevokeSecurityGroupIngress', 'UnauthorizedOperation', false, 'denied'));
    await one.run(change([one.open], { id: 'event-2' }), {
      owner: 'invocation-2',
      ports: { ...one.tablePorts, groups: { ...one.ports.groups, revoke } },
    });
    expect(one.told).toMatchObject([{ status: 'failed', removed: [] }]);
  });

  it('is nothing to act on where only the snapshot is stale: no call, no record', async () => {
    const one = await stale();
    const look: RemediationPorts['groups']['fetchSnapshot'] = async (...args) => {
      const sight = await one.ports.groups.fetchSnapshot(...args);
      one.ec2.put(group([]));
      return sight;
    };
    const before = one.calls.filter((call) => call.startsWith('revoke')).length;
    await one.run(change([one.open], { id: 'event-2' }), {
      owner: 'invocation-2',
      ports: { ...one.tablePorts, groups: { ...one.ports.groups, fetchSnapshot: look } },
    });
    expect(one.calls.filter((call) => call.startsWith('revoke'))).toHaveLength(before);
    expect(one.told).toEqual([]);
  });
});

describe('a removal by a further attempt', () => {
  it('can be restored by the id that people know', async () => {
    const open = rule('tcp', 22, WORLD);
    const one = world([group([open])]);
    const revoke: RemediationPorts['groups']['revoke'] = async ({ rules }) => ({
      removed: [],
      gone: rules,
      changed: [],
      unanswered: [],
    });
    await one.run(change([open]), { ports: { groups: { ...one.closing.groups, revoke } } });
    await one.run(change([open], { id: 'event-2' }), { owner: 'invocation-2' });
    const id = remediationId(one.told[0]!.plan);
    const exempt = { days: 3, owner: 'bob' };
    const command = { do: 'restore', id, by: BOB, reason: 'needed until friday', dryRun: false, exempt } as const;
    expect(await dispatchCommand(command, one.grantCell)).toMatchObject({
      kind: 'restored',
      followUp: { granted: [{}] },
    });
  });
});

describe('the group’s record', () => {
  it('lets no broken call turn a new rule into an existing one', async () => {
    const broken = await underEveryFault({
      make: () => {
        const [fresh, harmless] = [rule('tcp', 22, WORLD), rule('tcp', 443, WORLD)];
        return { ...cell([group([fresh, harmless])], { recorded: [group([])] }), fresh, harmless };
      },
      run: async (one, wrap) => await one.run(change([one.fresh, one.harmless]), { ports: wrap({ ...one.ports }) }),
      between: async ({ clock, records, fresh }) => {
        clock.at += MINUTE;
        const record = (await records.get([GROUP])).get(GROUP);
        expect([...(record?.contents ?? [])].join()).not.toContain(` ${fresh.fromPort} `);
      },
      check: async ({ left, told, records, harmless }) => {
        expect(left()).toEqual([harmless]);
        expect(new Set(told.map(({ status, removed }) => `${status} ${removed.length}`))).toEqual(new Set(['done 1']));
        expect((await records.get([GROUP])).get(GROUP)?.contents.size).toBe(1);
      },
    });
    expect(broken).toBeGreaterThan(5);
  });

  it('bounds what an event of our own reads, however long the group’s history', async () => {
    const one = cell([group([])]);
    const tablePorts = await inDynamoDb(one);
    const [bytes, calls]: [number[], string[]] = [[], []];
    const send = tables.dynamoDb.send.bind(tables.dynamoDb) as (command: object) => Promise<object>;
    const counting = async (command: object): Promise<object> => {
      const answer = await send(command);
      calls.push(command.constructor.name);
      bytes.push(JSON.stringify(answer).length);
      return answer;
    };
    const table = { name: await tables.create(), clock: one.ports.clock, random: seeded(2) };
    const { register, ...others } = stateIn({ ...table, dynamoDb: { send: counting } as never });
    const ports = { ...tablePorts, ledger: register, ...others };
    await recordAll(others.records, one.ec2.groups);
    const read = async () => {
      const last = one.told.at(-1)!.removed[0]!;
      bytes.length = 0;
      const removal = { id: 'own', call: 'RevokeSecurityGroupIngress', trigger: 'rules-removed' } as const;
      await one.run(change([last], { ...removal, at: one.clock.at }), { ports });
      return bytes.reduce((sum, size) => sum + size, 0);
    };
    const round = async (i: number) => {
      const open = rule('tcp', 22, WORLD);
      one.ec2.put(group([open]));
      one.clock.at += 5 * MINUTE;
      await one.run(change([open], { id: `event-${i}`, at: one.clock.at }), {
        ports,
        policy: { ...GUARD, reopenLoopFrom: 1000 },
      });
    };
    await round(0);
    const short = await read();
    for (let i = 1; i <= 30; i += 1) await round(i);
    const long = await read();
    expect(long - short).toBeLessThan(30 * 200);
  });
});
