import { describe, expect, it } from 'vitest';
import { expectBack, isUnder, keysOf, replacementId, shop } from './expectations.ts';
import { DATA, shopGroups, shopInterfaces, WEB } from './shop.ts';
import { eni, group, makeWorld, OLD } from './world.ts';

describe('a migration that cannot be finished', () => {
  it('keeps the default group for what a service manages, with the command that moves it, and moves the rest', async () => {
    const managed = [
      eni(11, [OLD, DATA], { owner: 'rds', description: 'RDSNetworkInterface', requesterManaged: true }),
      eni(12, [OLD], {
        owner: 'lambda',
        type: 'lambda',
        description: 'AWS Lambda VPC ENI-resize-0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f',
        requesterManaged: true,
      }),
    ];
    const world = await makeWorld(shopGroups(), [...shopInterfaces(), ...managed]);
    const result = await world.release();
    const id = replacementId(world);
    const open = result.kind === 'migrated' ? result.open : [];
    expect(open).toHaveLength(2);
    expect(open[0]).toContain(
      `aws rds modify-db-instance --apply-immediately --db-instance-identifier NAME --vpc-security-group-ids ${DATA} ${id}`,
    );
    expect(open[1]).toContain(
      `aws lambda update-function-configuration --function-name resize --vpc-config SubnetIds=SUBNETS,SecurityGroupIds=${id}`,
    );
    expect(isUnder(world, OLD)).toEqual([11, 12]);
    expect(keysOf(world, OLD).filter((key) => !key.endsWith(id))).toHaveLength(6);
    expect(world.losses).toEqual([]);
    expect(world.news.map(({ what }) => what)).toEqual(['migration-stopped']);
  });

  it('is finished by releasing it again once people have moved the rest', async () => {
    const rds = eni(11, [OLD], { owner: 'rds', description: 'RDSNetworkInterface', requesterManaged: true });
    const world = await makeWorld(shopGroups(), [...shopInterfaces(), rds]);
    await world.release();
    world.account.place({ ...rds, groupIds: [replacementId(world)] });
    expect(await world.release()).toMatchObject({ kind: 'migrated', open: [] });
    expect(world.account.group(OLD).rules).toEqual([]);
    expect(world.losses).toEqual([]);
  });

  it.each([
    ['is under as many groups as EC2 allows', [OLD, WEB, DATA, 'sg-000000000000000a1', 'sg-000000000000000a2'], false],
    ['EC2 does not let be changed', [OLD], true],
  ])('leaves an interface as it is that %s, says so, and strips nothing', async (_, groupIds, isRefusing) => {
    const more = ['sg-000000000000000a1', 'sg-000000000000000a2'].map((id) => group(id, []));
    const full = eni(21, groupIds);
    const world = await makeWorld([...shopGroups(), ...more], [...shopInterfaces(), full]);
    if (isRefusing) world.account.refusing.add(full.interfaceId);
    const result = await world.release();
    expect(result.kind === 'migrated' ? result.open.join() : '').toMatch(
      new RegExp(`${full.interfaceId}.*could not be changed`),
    );
    expect(world.account.groupsOf(full.interfaceId)).toEqual(groupIds);
    expect(isUnder(world, OLD)).toEqual([21]);
    expect(world.account.group(OLD).rules.length).toBeGreaterThan(5);
    expect(world.losses).toEqual([]);
  });

  it('stops before any interface is moved where a group has no room for another rule, and can be rolled back', async () => {
    const world = await shop();
    world.account.rulesPerGroup = 4;
    const result = await world.release();
    expect(result.kind === 'migrated' ? result.open.join() : '').toContain('RulesPerSecurityGroupLimitExceeded');
    expect(isUnder(world, OLD)).toEqual([1, 2, 3]);
    expect(await world.back()).toMatchObject({ kind: 'rolled-back' });
    expectBack(world);
  });
});
