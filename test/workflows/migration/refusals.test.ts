import { describe, expect, it } from 'vitest';
import type { Attachment } from '../../../shared/domain/group.ts';
import { contentKey } from '../../../shared/network/rule-key.ts';
import { isUnder, shop } from './expectations.ts';
import { DATA, shopGroups, shopInterfaces, WEB } from './shop.ts';
import { eni, group, MIGRATING, makeWorld, OLD, r, violating, type World } from './world.ts';

describe('a migration is refused before anything is touched', () => {
  const refused = async (world: World): Promise<string> => {
    const before = world.account.state;
    const result = await world.release();
    expect(result.kind).toBe('refused');
    expect(world.account.state).toEqual(before);
    return result.kind === 'refused' ? result.because.join('\n') : '';
  };

  const withRule = (more: Parameters<typeof r>[2], groupId = OLD) =>
    shopGroups().map((one) =>
      one.id === groupId ? { ...one, rules: [...one.rules, r(groupId, `ingress tcp 99 ${OLD}`, more)] } : one,
    );

  it.each([
    ['another account', { source: { kind: 'group', groupId: 'sg-000000000000000ff', ownerId: '444455556666' } }],
    ['a peered VPC', { source: { kind: 'group', groupId: WEB, peeringId: 'pcx-00000000000000001' } }],
  ] as const)('where the default group names a group of %s', async (_, more) => {
    expect(await refused(await makeWorld(withRule(more), shopInterfaces()))).toMatch(/another account or VPC/);
  });

  it('where a group of a peered VPC names it', async () => {
    const groups = shopGroups().map((one) => (one.id === DATA ? { ...one, vpcId: 'vpc-00000000000000002' } : one));
    expect(await refused(await makeWorld(groups, shopInterfaces()))).toMatch(/across a peering/);
  });

  it('where a launch template or a function would attach it again', async () => {
    const world = await shop();
    world.account.others.set(OLD, [
      { kind: 'launch-template', id: 'lt-00000000000000001' },
      { kind: 'function', id: 'resize' },
    ]);
    const because = await refused(world);
    expect(because).toContain('launch template lt-00000000000000001');
    expect(because).toContain('function resize');
  });

  it('where the replacement would not be let into a group that names it', async () => {
    const policy = {
      ...MIGRATING,
      controls: {
        ...MIGRATING.controls,
        'tier-source': {
          fresh: 'enforce' as const,
          existing: 'observe' as const,
          remedy: 'revoke' as const,
          tiers: { tag: 'tier', layers: { data: { from: [], within: false } }, everywhere: [] },
        },
      },
    };
    const groups = shopGroups().map((one) => (one.id === DATA ? { ...one, tags: { tier: 'data' } } : one));
    const world = await makeWorld(groups, shopInterfaces(), { policy });
    expect(await refused(world)).toMatch(new RegExp(`${DATA} cannot admit the replacement.*tier-source`));
  });

  it('where a rule is exempt in the default group alone', async () => {
    const world = await shop();
    await world.exemptions.put({
      id: 'one',
      scope: { groupId: OLD, content: contentKey(violating(OLD)) },
      by: { name: 'ann', through: 'command-line' },
      reason: 'vendor',
      owner: 'ann',
      at: world.clock.at,
      until: world.clock.at + 86_400_000,
    });
    expect(await refused(world)).toMatch(/is exempt in sg-00000000000000d0d alone/);
  });

  it('where a service owns a group that names it', async () => {
    const groups = shopGroups().map((one) => (one.id === DATA ? { ...one, name: 'ElasticMapReduce-master' } : one));
    expect(await refused(await makeWorld(groups, shopInterfaces()))).toMatch(/may take out what is added/);
  });

  it('where there are more interfaces than one look shows', async () => {
    const many = Array.from({ length: 1000 }, (_, index) => eni(index + 1, [OLD]));
    const groups = [group(OLD, [r(OLD, 'egress tcp 443 10.0.0.0/16')])];
    expect(await refused(await makeWorld(groups, many))).toMatch(/1,000 interfaces or more/);
  });

  it('where it is not known which groups an interface is under', async () => {
    const world = await shop();
    const look: typeof world.account.look = async (...args) => {
      const sight = await world.account.look(...args);
      const blind = (one: Attachment): Attachment => ({
        interfaceId: one.interfaceId,
        description: '',
        type: 'interface',
      });
      return {
        ...sight,
        groups: sight.groups.map(({ group: seen, facts }) => ({
          group: seen,
          facts: { ...facts, attachments: (facts.attachments ?? []).map((one) => blind({ groupIds: [], ...one })) },
        })),
      };
    };
    const region = (name: string) => ({ ...world.ports.region(name), groups: { fetchSnapshot: look } });
    const result = await world.release({ ...world.ports, region });
    expect(result).toMatchObject({
      kind: 'refused',
      because: expect.arrayContaining([expect.stringMatching(/is not known/)]),
    });
  });

  it('while the cell is switched down', async () => {
    const world = await shop();
    world.set.ceiling = 'alert';
    expect(await refused(world)).toMatch(/no(thing)? go further than alert|further than alert/);
  });

  it('with all reasons at once', async () => {
    const world = await makeWorld(
      withRule({ source: { kind: 'group', groupId: WEB, peeringId: 'pcx-00000000000000001' } }),
      shopInterfaces(),
    );
    world.account.others.set(OLD, [{ kind: 'launch-template', id: 'lt-00000000000000001' }]);
    expect((await refused(world)).split('\n')).toHaveLength(2);
  });
});

describe('a group that somebody has made beforehand to pass for the replacement', () => {
  it('is not taken for it: the name is taken, nobody is moved, and nothing of it is touched', async () => {
    const world = await makeWorld(shopGroups(), shopInterfaces());
    const under = isUnder(world, OLD);
    const { plan } = await world.entry();
    const back = r('sg-000000000000000bad', 'ingress tcp 8022 192.0.2.7/32');
    const forged = group('sg-000000000000000bad', [back], {
      name: `from-default-${plan.id.slice(0, 8)}`,
      tags: { 'portcullis:replaces': OLD, 'portcullis:migration': plan.id },
    });
    world.account.put(forged);
    const result = await world.release();
    expect(result).toMatchObject({ kind: 'refused', because: [expect.stringContaining('InvalidGroup.Duplicate')] });
    expect(world.account.group(forged.id)).toEqual(forged);
    expect(isUnder(world, OLD)).toEqual(under);
    expect(world.losses).toEqual([]);
  });
});
