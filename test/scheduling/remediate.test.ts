import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Rule } from '../../shared/domain/group.ts';
import { type LocalTables, localTables, stateIn } from '../adapters/aws/dynamodb/local-table.ts';
import { seeded } from '../infra/local/local-client.ts';
import { change } from '../remediation/cell.ts';
import type { Interleaving } from './execution.ts';
import { everyOrder, randomOrders } from './orders.ts';
import {
  aMinuteLater,
  isFreeInRemediations,
  makeWorld,
  openingThenRemediating,
  problems,
  remediating,
  remediationsCommute,
  type Tables,
  type World,
} from './remediations.ts';

const LEASE_MS = 90_000;

let tables: LocalTables;
beforeAll(async () => {
  tables = await localTables();
});
afterAll(async () => await tables.close());

async function inDynamoDb(clock: World['ports']['clock']): Promise<Tables> {
  const table = { dynamoDb: tables.dynamoDb, name: await tables.create(), clock, random: seeded(1), leaseMs: LEASE_MS };
  const { register, ...others } = stateIn(table);
  return { ledger: register, ...others };
}

interface Variant {
  readonly tablesFor?: typeof inDynamoDb;
  /** Of one remediation, default 1. */
  readonly mostNotices?: number;
}

type Scene = (variant?: Variant) => Interleaving<World>;

async function check(world: World, opened: readonly Rule[], { mostNotices = 1 }: Variant): Promise<void> {
  const found = await problems(world, opened, { notices: mostNotices });
  if (found.length > 0) throw new Error(found.join('; '));
}

/** EventBridge delivers at least once. */
const sameEventTwice: Scene = (variant = {}) => ({
  make: async () => await makeWorld(({ first }) => [first], variant.tablesFor),
  run: ['invocation-1', 'invocation-2'].map((owner) => remediating(owner, ({ first }) => change([first]))),
  check: async (world) => await check(world, [world.rules.first], variant),
  between: aMinuteLater,
});

/** Two rules of one group, each opened by a call of its own, both open by the time of the first look. */
const neighbouringRules: Scene = (variant = {}) => ({
  make: async () => await makeWorld(({ first, second }) => [first, second], variant.tablesFor),
  run: [
    remediating('invocation-1', ({ first }) => change([first], { id: 'event-1' })),
    remediating('invocation-2', ({ second }) => change([second], { id: 'event-2' })),
  ],
  check: async (world) => await check(world, [world.rules.first, world.rules.second], variant),
  between: aMinuteLater,
});

/** The second rule is opened while the first invocation is at work, which may or may not see it. */
const openedMeanwhile: Scene = (variant = {}) => ({
  make: async () => await makeWorld(({ first }) => [first], variant.tablesFor),
  run: [
    remediating('invocation-1', ({ first }) => change([first], { id: 'event-1' })),
    openingThenRemediating('invocation-2', ({ second }) => change([second], { id: 'event-2' })),
  ],
  check: async (world) => await check(world, [world.rules.first, world.rules.second], variant),
  between: aMinuteLater,
});

/** Two blocks that are the world only together, each opened by a call of its own. */
const twoHalves: Scene = ({ tablesFor } = {}) => ({
  make: async () => await makeWorld(({ lower, upper }) => [lower, upper], tablesFor),
  run: [
    remediating('invocation-1', ({ lower }) => change([lower], { id: 'event-1' })),
    remediating('invocation-2', ({ upper }) => change([upper], { id: 'event-2' })),
  ],
  check: async (world) => {
    world.base.clock.at += 150_000;
    const look = { id: 'look', call: 'Sweep', trigger: 'sweep', added: { kind: 'unknown' } } as const;
    await remediating('invocation-3', () => change([], look))(world, (ports) => ports);
    const { kept, lower, upper } = world.rules;
    const left = new Set(world.base.left().map(({ id }) => id));
    const standing = [lower, upper].filter(({ id }) => left.has(id));
    if (standing.length !== 1 || !left.has(kept.id)) throw new Error(`${standing.length} of the two blocks are left`);
    if (world.base.told.length !== 1) throw new Error(`people were told ${world.base.told.length} times`);
    const record = (await world.ports.records.get([kept.groupId])).get(kept.groupId);
    if (record?.contents.size !== 2) throw new Error(`the record has ${record?.contents.size} rules`);
  },
  between: aMinuteLater,
});

describe('two invocations on two blocks that are the world only together', () => {
  it('close exactly one of them in every order, with the ledger in memory', async () => {
    expect(
      await everyOrder(twoHalves(), { commutes: remediationsCommute, isFree: isFreeInRemediations }),
    ).toBeGreaterThan(5);
  });

  it('close exactly one of them in random orders, with the ledger in DynamoDB', async () => {
    expect(await randomOrders(twoHalves({ tablesFor: inDynamoDb }), { seeds: 20 })).toBe(20);
  });
});

describe.each([
  ['the same event twice', sameEventTwice],
  ['events of two neighbouring rules', neighbouringRules],
  ['a rule opened meanwhile', openedMeanwhile],
])('two invocations on one group, %s', (_, scene) => {
  it('close each rule once in every order, with the ledger in memory', async () => {
    expect(
      await everyOrder(scene(), {
        commutes: remediationsCommute,
        isFree: isFreeInRemediations,
      }),
    ).toBeGreaterThan(50);
  });

  it('close each rule once in random orders, with the ledger in DynamoDB', async () => {
    expect(await randomOrders(scene({ tablesFor: inDynamoDb }), { seeds: 20 })).toBe(20);
  });

  it('close each rule once, whatever call fails in whatever order', async () => {
    expect(await randomOrders(scene({ mostNotices: 4 }), { seeds: 500, faults: true })).toBeGreaterThan(490);
  });
});
