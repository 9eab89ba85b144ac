import { describe, expect, it } from 'vitest';
import { underEveryFault } from '../../remediation/faulty.ts';
import { expectMoved, isUnder, keysOf, replacementId, shop } from './expectations.ts';
import { DATA, shopGroups } from './shop.ts';
import { eni, makeWorld, OLD, type World } from './world.ts';

describe('the migration of a default group', () => {
  it('waits for a person, whatever else controls say of its rules', async () => {
    const { plan, outcome } = await (await shop()).entry();
    expect(plan.decision).toMatchObject({ mode: 'approve', remedy: 'migrate' });
    expect(plan.decision.rules).toHaveLength(6);
    expect(outcome?.status).toBe('pending');
  });

  it('moves every member to a group of its own and strips the default group, while nobody loses a good flow', async () => {
    const world = await shop();
    const result = await world.release();
    expect(result).toMatchObject({ kind: 'migrated', replacement: replacementId(world), open: [] });
    expectMoved(world);
  });

  it('carries descriptions and tags along, except for those of AWS', async () => {
    const world = await shop();
    await world.release();
    const rules = world.replacement()?.rules ?? [];
    expect(
      rules.find(({ source }) => source.kind === 'group' && source.groupId === replacementId(world))?.description,
    ).toBe('each other');
    expect(rules.find(({ fromPort }) => fromPort === 8080)?.tags).toEqual({ owner: 'team-shop' });
    const doubled = world.account
      .group(DATA)
      .rules.find(({ source }) => source.kind === 'group' && source.groupId !== OLD);
    expect(doubled).toMatchObject({ description: 'orders', tags: { owner: 'dba' } });
  });

  it('never takes the default group off before the replacement is on every interface, and every rule stands', async () => {
    const world = await shop();
    await world.release();
    const { completedSteps } = await world.entry();
    const kinds = completedSteps.map(({ step }) => step.split(' ')[0]);
    expect([...new Set(kinds)]).toEqual(['create', 'admit', 'attach', 'detach', 'take']);
    expect(kinds.lastIndexOf('create')).toBeLessThan(kinds.indexOf('admit'));
    expect(kinds.lastIndexOf('admit')).toBeLessThan(kinds.indexOf('attach'));
    expect(kinds.lastIndexOf('attach')).toBeLessThan(kinds.indexOf('detach'));
    expect(kinds.lastIndexOf('detach')).toBeLessThan(kinds.indexOf('take'));
  });

  it('says which rules it left out and which are no longer needed', async () => {
    const world = await shop();
    const result = await world.release();
    expect(result.kind === 'migrated' ? result.remarks.join('\n') : '').toMatch(
      /does not have .*tcp 22 from 0\.0\.0\.0\/0/,
    );
    expect(result.kind === 'migrated' ? result.remarks.join('\n') : '').toContain(DATA);
    expect(world.news.map(({ what }) => what)).toEqual(['migrated']);
  });

  it('puts what it added between the two groups on the ledger, with its undo, when that goes', async () => {
    const world = await shop();
    await world.release();
    const removed = world.told.filter(({ status }) => status === 'done');
    expect(removed.map(({ plan }) => plan.decision.group.id).toSorted()).toEqual(
      [OLD, OLD, replacementId(world)].toSorted(),
    );
    for (const { plan } of removed)
      expect(plan.undo.flatMap(({ rules }) => rules)).toHaveLength(plan.decision.rules.length);
  });

  it('is asked for twice without doing anything twice', async () => {
    const world = await shop();
    await world.release();
    const { state } = world.account;
    expect(await world.release()).toMatchObject({ kind: 'migrated', steps: [], open: [] });
    expect(world.account.state).toEqual(state);
  });

  it('picks up interfaces that turn up while it is at work', async () => {
    const world = await shop();
    const { after } = world.account;
    let calls = 0;
    world.account.after = (call) => {
      after(call);
      calls += 1;
      if (calls === 12 || calls === 21) world.account.place(eni(100 + calls, [OLD]));
    };
    await world.release();
    expect(world.losses).toEqual([]);
    expect(isUnder(world, OLD)).toEqual([]);
    expect(isUnder(world, replacementId(world))).toEqual([1, 2, 3, 112, 121]);
    expect(world.account.group(OLD).rules).toEqual([]);
  });

  it('ends while new interfaces turn up without end, and strips nothing', async () => {
    const world = await shop();
    let calls = 0;
    world.account.after = (call) => {
      calls += 1;
      if (call === 'look') world.account.place(eni(1000 + calls, [OLD]));
    };
    await expect(world.release()).rejects.toThrow(/there are still new ones/);
    expect(world.account.group(OLD).rules).not.toEqual([]);
  });

  it('does not strip a group that is taken into use at the last moment, though a person let it go', async () => {
    const world = await shop();
    const { reevaluation } = world.ports;
    const late = async (entry: Parameters<typeof reevaluation.requestApproved>[0]) => {
      world.account.place(eni(77, [OLD]));
      await reevaluation.requestApproved(entry);
    };
    await world.release({ ...world.ports, reevaluation: { ...reevaluation, requestApproved: late } });
    expect(keysOf(world, OLD)).toHaveLength(6);
    await world.release();
    expect(world.account.group(OLD).rules).toEqual([]);
    expect(isUnder(world, replacementId(world))).toEqual([1, 2, 3, 77]);
  });

  it('takes nothing for done that a look does not show yet', async () => {
    const world = await shop();
    world.account.lag = 2;
    expect(await world.release()).toMatchObject({ kind: 'migrated', open: [] });
    expect(world.losses).toEqual([]);
    expect(isUnder(world, OLD)).toEqual([]);
  });

  it('moves nothing where nothing is attached, and has the group stripped', async () => {
    const world = await makeWorld(shopGroups(), []);
    expect(await world.release()).toEqual({ kind: 'migrated', steps: [], open: [], remarks: [] });
    expect(world.replacement()).toBeUndefined();
    expect(world.account.group(OLD).rules).toEqual([]);
  });

  it('takes an interface that was deleted meanwhile for moved', async () => {
    const world = await shop();
    const { after } = world.account;
    world.account.after = (call) => {
      after(call);
      if (call === `attach ${eni(1, []).interfaceId}`) world.account.remove(eni(2, []).interfaceId);
    };
    expect(await world.release()).toMatchObject({ kind: 'migrated', open: [] });
    expect(isUnder(world, replacementId(world))).toEqual([1, 3]);
  });

  it('ends in the same state whatever call breaks, before or after its effect', async () => {
    const calls = await underEveryFault<World>({
      make: shop,
      run: async (world, wrap) => {
        const result = await world.release(wrap(world.ports));
        expect(result).toMatchObject({ kind: 'migrated', open: [] });
      },
      between: ({ clock }) => void (clock.at += 120_000),
      check: (world) => expectMoved(world),
    });
    expect(calls).toBeGreaterThan(40);
  });
});
