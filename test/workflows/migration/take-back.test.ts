import { describe, expect, it } from 'vitest';
import type { Change } from '../../../shared/domain/change.ts';
import { isOwnGrant } from '../../../shared/remediation/own-change.ts';
import { recordGrant } from '../../../shared/workflows/common/grant.ts';
import { takeBackStep } from '../../../shared/workflows/migration/run.ts';
import { takeBack } from '../../../shared/workflows/migration/take-back.ts';
import { DATA, shopGroups, shopInterfaces } from './shop.ts';
import { eni, makeWorld, OLD, r, type World } from './world.ts';

const IDLE = 'sg-0000000000000001d';

async function shop(): Promise<World> {
  const idle = { id: IDLE, name: 'idle', vpcId: 'vpc-00000000000000001', tags: {}, rules: [] };
  const groups = shopGroups().map((one) =>
    one.id === DATA ? { ...one, rules: [...one.rules, r(DATA, `ingress tcp 5432 ${IDLE}`)] } : one,
  );
  return await makeWorld([...groups, idle], shopInterfaces());
}

const asked = { by: { name: 'ann', through: 'command-line' }, reason: 'back', at: 0 } as const;

async function ask(world: World, rules: Parameters<typeof takeBackStep>[0]) {
  const entry = await world.entry();
  await world.ports.ledger.recordStep(entry, { ...takeBackStep(rules, asked), at: 0 });
  return await takeBack({ groupId: OLD, planId: entry.plan.id }, world.onChange);
}

const doubled = r(DATA, `ingress tcp 5432 ${IDLE}`);

describe('what a migration asks to be taken back', () => {
  it('goes where one of its two groups is on no interface, and is on the ledger with its undo', async () => {
    const world = await shop();
    const outcomes = await ask(world, [doubled]);
    expect(outcomes.map(({ status, removed }) => [status, removed.map(({ id }) => id)])).toEqual([
      ['done', [doubled.id]],
    ]);
    expect(outcomes[0]?.plan.undo.flatMap(({ rules }) => rules)).toEqual([doubled]);
    expect(outcomes[0]?.plan.approved?.by.name).toBe('ann');
    expect(world.account.group(DATA).rules).toHaveLength(1);
  });

  it('stays while both groups are in use, whatever the record says', async () => {
    const world = await shop();
    world.account.place(eni(50, [IDLE]));
    const { state } = world.account;
    await expect(ask(world, [doubled])).rejects.toThrow(/both of its groups are in use/);
    expect(world.account.state).toEqual(state);
  });

  it('stays where it is a rule that names no group', async () => {
    const world = await shop();
    const { state } = world.account;
    await expect(ask(world, [r(OLD, 'ingress tcp 8080 10.0.0.0/16')])).rejects.toThrow(/in use/);
    expect(world.account.state).toEqual(state);
  });

  it('stays where it has become another rule since', async () => {
    const world = await shop();
    expect(await ask(world, [{ ...doubled, toPort: 5433 }])).toEqual([]);
    expect(world.account.group(DATA).rules).toHaveLength(2);
  });

  it('is nothing where the record asks for nothing', async () => {
    const world = await shop();
    const { plan } = await world.entry();
    expect(await takeBack({ groupId: OLD, planId: plan.id }, world.onChange)).toEqual([]);
    expect(await takeBack({ groupId: OLD, planId: 'unknown' }, world.onChange)).toEqual([]);
  });
});

describe('a rule that the cell granted', () => {
  it('is its own doing', async () => {
    const world = await shop();
    const entry = await world.entry();
    const [first] = shopGroups()[0]?.rules ?? [];
    const change: Change = {
      ...entry.plan.change,
      trigger: 'rules-added',
      added: { kind: 'rules', ids: [first?.id ?? ''], contents: [] },
    };
    const remembered = async () => ({ entries: [], records: await world.onChange.ports.records.get([OLD]) });
    expect(isOwnGrant(change, await remembered())).toBe(false);
    await recordGrant(OLD, first === undefined ? [] : [first], { ports: world.ports });
    expect(isOwnGrant(change, await remembered())).toBe(true);
  });
});
