import { describe, expect, it } from 'vitest';
import { underEveryFault } from '../../remediation/faulty.ts';
import { expectBack, expectMoved, replacementId, shop } from './expectations.ts';
import { DATA, shopGroups, shopInterfaces } from './shop.ts';
import { eni, makeWorld, OLD, r, type World } from './world.ts';

const RDS = eni(11, [OLD], { owner: 'rds', description: 'RDSNetworkInterface', requesterManaged: true });

/** The shop with a database that keeps the default group in use, so that its migration stops half way. */
async function halfWay(): Promise<World> {
  const world = await makeWorld(shopGroups(), [...shopInterfaces(), RDS]);
  await world.release();
  return world;
}

/** What somebody else may have done since: each keeps a migration from being rolled back. */
const MEDDLING: readonly (readonly [title: string, meddle: (world: World, id: string) => void, reason: RegExp])[] = [
  [
    'a rule was added to the replacement',
    ({ account }, id) =>
      account.put({ ...account.group(id), rules: [...account.group(id).rules, r(id, 'ingress tcp 9999 10.0.0.0/16')] }),
    /tcp 9999/,
  ],
  [
    'somebody put an interface under the replacement',
    ({ account }, id) => account.place(eni(99, [id])),
    /by somebody else/,
  ],
  [
    'a group admits the replacement and no longer the default group',
    ({ account }) => {
      const data = account.group(DATA);
      const rules = data.rules.filter(({ source }) => source.kind !== 'group' || source.groupId !== OLD);
      account.put({ ...data, rules });
    },
    /nothing there admits/,
  ],
  [
    'a launch template names the replacement',
    ({ account }, id) => void account.others.set(id, [{ kind: 'launch-template', id: 'lt-00000000000000002' }]),
    /lt-00000000000000002/,
  ],
  [
    'a service has been moved to the replacement',
    ({ account }, id) => account.place({ ...RDS, groupIds: [id] }),
    /managed by its service/,
  ],
];

describe('the way back', () => {
  it('refuses where nothing was moved', async () => {
    expect(await (await shop()).back()).toMatchObject({ kind: 'refused' });
  });

  it('takes back a migration that stopped half way, while nobody loses a good flow', async () => {
    const world = await halfWay();
    expect(await world.back()).toMatchObject({ kind: 'rolled-back' });
    expectBack(world);
    expect(world.news.map(({ what }) => what)).toEqual(['migration-stopped', 'rolled-back']);
  });

  it('puts the default group on every interface before it takes the replacement off any', async () => {
    const world = await halfWay();
    const { length } = (await world.entry()).completedSteps;
    await world.back();
    const kinds = (await world.entry()).completedSteps.slice(length).map(({ step }) => step.split(' ')[0]);
    expect([...new Set(kinds)]).toEqual(['attach', 'detach', 'take', 'delete']);
    expect(kinds.lastIndexOf('attach')).toBeLessThan(kinds.indexOf('detach'));
  });

  it('does nothing when it is asked for twice', async () => {
    const world = await halfWay();
    await world.back();
    const { state } = world.account;
    expect(await world.back()).toMatchObject({ kind: 'rolled-back', steps: [] });
    expect(world.account.state).toEqual(state);
  });

  it('refuses once the default group is stripped, until its rules are restored', async () => {
    const world = await shop();
    await world.release();
    expect(await world.back()).toMatchObject({
      kind: 'refused',
      because: expect.arrayContaining([expect.stringMatching(/restore it/)]),
    });
    for (const one of shopGroups().slice(0, 1)) world.account.put(one);
    expect(await world.back()).toMatchObject({ kind: 'rolled-back' });
    expectBack(world);
  });

  it('can be followed by another migration', async () => {
    const world = await halfWay();
    await world.back();
    world.account.remove(RDS.interfaceId);
    expect(await world.release()).toMatchObject({ kind: 'migrated', open: [] });
    expectMoved(world);
  });

  it('stops where EC2 does not let an interface back, and takes nothing off', async () => {
    const world = await halfWay();
    world.account.refusing.add(eni(1, []).interfaceId);
    const result = await world.back();
    expect(result.kind === 'refused' ? result.because.join('\n') : '').toMatch(/could not be changed/);
    expect(world.losses).toEqual([]);
    world.account.refusing.clear();
    expect(await world.back()).toMatchObject({ kind: 'rolled-back' });
    expectBack(world);
  });

  it.each(MEDDLING)('is refused where %s', async (_, meddle, reason) => {
    const world = await halfWay();
    meddle(world, replacementId(world));
    const before = world.account.state;
    const result = await world.back();
    expect(result.kind === 'refused' ? result.because.join('\n') : '').toMatch(reason);
    expect(world.account.state).toEqual(before);
  });

  it('ends in the same state whatever call breaks, before or after its effect', async () => {
    const calls = await underEveryFault<World>({
      make: halfWay,
      run: async (world, wrap) => {
        expect(await world.back(wrap(world.ports))).toMatchObject({ kind: 'rolled-back' });
      },
      between: ({ clock }) => void (clock.at += 120_000),
      check: expectBack,
    });
    expect(calls).toBeGreaterThan(20);
  });

  it('takes back what stands, whatever call of the migration was the last', async () => {
    const calls = await underEveryFault<World>({
      make: shop,
      run: async (world, wrap, attempt) => {
        if (attempt === 1) await world.release(wrap(world.ports));
        else await world.back();
      },
      between: ({ clock }) => void (clock.at += 120_000),
      check: (world) => {
        if (world.account.group(OLD).rules.length > 0) expectBack(world);
        else expectMoved(world);
      },
    });
    expect(calls).toBeGreaterThan(40);
  });
});
