import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GrantPorts } from '../../../shared/domain/ports.ts';
import { contentKey } from '../../../shared/network/rule-key.ts';
import { effort } from '../../effort.ts';
import type { Interface } from './account.ts';
import { dying } from './dying.ts';
import { VIOLATING } from './probe.ts';
import { type RandomVpc, randomVpc } from './random-vpc.ts';
import { makeWorld, OLD, type World } from './world.ts';

/** More groups than an interface may have once the replacement is beside them. */
function isFull({ groupIds }: Interface): boolean {
  return groupIds.length >= 5 && groupIds.includes(OLD);
}

function isIn(world: World): readonly string[] {
  return [...world.account.state.interfaces.values()]
    .filter(({ groupIds }) => groupIds.includes(OLD))
    .map(({ interfaceId }) => interfaceId);
}

function contentsOf(vpc: RandomVpc | World): readonly string[] {
  const groups = 'account' in vpc ? [...vpc.account.state.groups.values()] : vpc.groups;
  return groups.flatMap(({ id, rules }) => rules.map((rule) => `${id} ${contentKey(rule)}`)).toSorted();
}

function placesOf(vpc: RandomVpc | World): readonly string[] {
  const interfaces = 'account' in vpc ? [...vpc.account.state.interfaces.values()] : vpc.interfaces;
  return interfaces.map(({ interfaceId, groupIds }) => `${interfaceId} ${groupIds.toSorted().join(' ')}`).toSorted();
}

function expectMoved(world: World, vpc: RandomVpc): void {
  const full = vpc.interfaces.filter(isFull).map(({ interfaceId }) => interfaceId);
  const rules = world.account.group(OLD).rules.length;
  expect(world.losses).toEqual([]);
  expect(isIn(world)).toEqual(full);
  expect(rules === 0).toBe(full.length === 0);
  expect(world.replacement()?.rules.some(({ description }) => description === VIOLATING) ?? false).toBe(false);
}

/** Tries a migration, and then again without a fault until it passes, so many times at most. */
async function persist(world: World, first: GrantPorts, most: number): Promise<void> {
  for (const ports of [first, world.ports, world.ports].slice(0, most)) {
    try {
      await world.release(ports);
      return;
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes('died')) throw error;
    }
  }
}

describe('whatever the VPC', () => {
  it('moves all that can be moved without anybody losing a good flow at any time', async () => {
    await fc.assert(
      fc.asyncProperty(randomVpc, async (vpc) => {
        const world = await makeWorld(vpc.groups, vpc.interfaces);
        await world.release();
        expectMoved(world, vpc);
      }),
      { numRuns: effort(60, 300) },
    );
  });

  it('does so whatever call breaks', async () => {
    const when = fc.constantFrom('before' as const, 'after' as const);
    await fc.assert(
      fc.asyncProperty(randomVpc, fc.integer({ min: 1, max: 60 }), when, async (vpc, at, side) => {
        const world = await makeWorld(vpc.groups, vpc.interfaces);
        await persist(world, dying(world.ports, at, side), 3);
        expectMoved(world, vpc);
      }),
      { numRuns: effort(60, 300) },
    );
  });

  it('gives back exactly what was there when it is rolled back before the end, without anybody losing a good flow', async () => {
    await fc.assert(
      fc.asyncProperty(randomVpc, fc.integer({ min: 1, max: 40 }), async (vpc, at) => {
        const world = await makeWorld(vpc.groups, vpc.interfaces);
        const ports = dying(world.ports, at, 'after');
        await persist(world, ports, 1);
        const isOver = world.account.group(OLD).rules.length === 0;
        const result = isOver ? undefined : await world.back();
        expect(world.losses).toEqual([]);
        if (isOver) return;
        const because = result?.kind === 'refused' ? result.because : [];
        expect(because.filter((reason) => !reason.includes('nothing has been moved'))).toEqual([]);
        expect(contentsOf(world)).toEqual(contentsOf(vpc));
        expect(placesOf(world)).toEqual(placesOf(vpc));
      }),
      { numRuns: effort(60, 300) },
    );
  });
});
