import { describe, expect, it } from 'vitest';
import type { Actor, Change } from '../../shared/domain/change.ts';
import type { ManagedOptions } from '../../shared/domain/control-options.ts';
import { CallFailed } from '../../shared/domain/errors.ts';
import type { Rule } from '../../shared/domain/group.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import type { RemediationPorts } from '../../shared/domain/ports.ts';
import { approvedChange } from '../../shared/remediation/plan.ts';
import { recordGrant } from '../../shared/workflows/common/grant.ts';
import { cell, change, GUARD, group, rule } from './cell.ts';

const WORLD = '0.0.0.0/0';
const GROUP = 'sg-00000000000000001';
const MINUTE = 60_000;

const ANN: Actor = { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/ann', name: 'ann', tool: 'console' };
const BOT: Actor = {
  type: 'AssumedRole',
  arn: 'arn:aws:sts::111122223333:assumed-role/deploy-shop/run-7',
  name: 'run-7',
  tool: 'terraform',
};

function opening(one: Rule, more: Partial<Change> = {}): Change {
  return change([one], { id: `open ${one.id}`, actor: ANN, ...more });
}

function closing(one: Rule, more: Partial<Change> = {}): Change {
  return change([one], {
    id: `close ${one.id}`,
    call: 'RevokeSecurityGroupIngress',
    trigger: 'rules-removed',
    actor: ANN,
    ...more,
  });
}

function later(event: Change, ms: number): Change {
  return { ...event, at: event.at + ms };
}

function controlsOf(told: ReturnType<typeof cell>['told']) {
  return told.map(({ plan }) => plan.decision.findings.map(({ control }) => control));
}

describe('a port that is opened and closed again before anybody looks', () => {
  const ssh = rule('tcp', 22, WORLD);
  const events = [opening(ssh), later(closing(ssh), 3 * MINUTE)] as const;

  it.each([
    ['as they happened', events],
    ['the other way round', [events[1], events[0]] as const],
  ])('is told once when its events come %s, and each of them twice', async (_, order) => {
    const { run, told, news } = cell([group([])]);
    for (const event of [...order, ...order]) await run(event);
    expect(controlsOf(told)).toEqual([['flapping']]);
    expect(told).toMatchObject([{ status: 'reported', removed: [] }]);
    expect(told[0]?.plan.decision.findings[0]?.detail).toBe(
      `${ssh.id} ingress tcp 22 from 0.0.0.0/0 was opened by ann and closed again by ann after 3 minutes`,
    );
    expect(news).toEqual([]);
  });

  it('is told when the rule was narrowed in place', async () => {
    const { run, told } = cell([group([{ ...ssh, source: { kind: 'ipv4', cidr: '10.0.0.0/8' } }])]);
    const content = { ...ssh, source: { kind: 'ipv4' as const, cidr: '10.0.0.0/8' } };
    await run(opening(ssh));
    await run(
      change([], {
        id: 'narrowed',
        trigger: 'rules-modified',
        added: { kind: 'rules', ids: [ssh.id!], contents: [], becoming: [{ id: ssh.id!, content }] },
      }),
    );
    expect(controlsOf(told)).toEqual([['flapping']]);
  });

  it('is told when the closing names the rule by its id alone', async () => {
    const { run, told } = cell([group([])]);
    await run(events[0]);
    await run({ ...events[1], added: { kind: 'rules', ids: [ssh.id!], contents: [] } });
    expect(controlsOf(told)).toEqual([['flapping']]);
  });

  it('is told when somebody was faster with the closing than we were', async () => {
    const { run, told, ports, ec2 } = cell([group([ssh])]);
    const revoke: typeof ports.groups.revoke = async (step) => {
      ec2.put(group([]));
      return await ports.groups.revoke(step);
    };
    await run(events[0], { ports: { groups: { ...ports.groups, revoke } } });
    await run(events[1]);
    expect(controlsOf(told)).toEqual([['flapping']]);
  });

  it('is no flapping when it was closed hours later, when nobody would be told of it, or when it was another rule', async () => {
    const { run, told } = cell([group([])]);
    await run(events[0]);
    await run(later(closing(ssh), 61 * MINUTE));
    const https = rule('tcp', 443, WORLD);
    await run(opening(https));
    await run(later(closing(https), MINUTE));
    await run(later(closing(rule('tcp', 3389, WORLD)), MINUTE));
    expect(told).toEqual([]);
  });
});

describe('what Portcullis closed', () => {
  it('is no flapping: not when its own removal is heard of, and not when the port is opened again and stays so', async () => {
    const first = rule('tcp', 22, WORLD);
    const { run, told, ec2, left } = cell([group([first])]);
    await run(opening(first));
    await run(later(closing(first, { actor: BOT }), 5000));
    const second = rule('tcp', 22, WORLD);
    ec2.put(group([second]));
    await run(later(opening(second), MINUTE));
    expect(left()).toEqual([]);
    expect(controlsOf(told)).toEqual([['world-open-admin'], ['world-open-admin']]);
  });
});

describe('the same rule that comes back by Terraform', () => {
  it('is closed every time, told as a fight at the 3rd and 6th, and only recorded in between', async () => {
    const { run, told, ec2, left, ledger, clock } = cell([]);
    for (let round = 1; round <= 6; round += 1) {
      const ssh = rule('tcp', 22, WORLD);
      ec2.put(group([ssh]));
      const event = { ...opening(ssh, { actor: BOT }), at: clock.at };
      await run(event);
      await run({ ...closing(ssh, { actor: BOT }), at: clock.at });
      expect(left()).toEqual([]);
      clock.at += 60 * MINUTE;
    }
    expect(told.map(({ reopenLoop }) => reopenLoop?.times)).toEqual([undefined, undefined, 3, 6]);
    expect(told[2]?.reopenLoop).toMatchObject({ actors: [BOT], quiet: false });
    const entries = await ledger.entries(GROUP);
    expect(
      entries.map(({ outcome }) => [outcome?.status, outcome?.reopenLoop?.times, outcome?.reopenLoop?.quiet]),
    ).toEqual([
      ['done', 6, false],
      ['done', 5, true],
      ['done', 4, true],
      ['done', 3, false],
      ['done', undefined, undefined],
      ['done', undefined, undefined],
    ]);
  });

  it('is no fight any more when the earlier rounds are a day old', async () => {
    const { run, told, ec2, clock } = cell([]);
    for (const hours of [0, 1, 24, 1]) {
      clock.at += hours * 60 * MINUTE;
      const ssh = rule('tcp', 22, WORLD);
      ec2.put(group([ssh]));
      await run({ ...opening(ssh, { actor: BOT }), at: clock.at });
    }
    expect(told.map(({ reopenLoop }) => reopenLoop)).toEqual([undefined, undefined, undefined, undefined]);
  });
});

function managed(fresh: ManagedOptions['fresh']): Policy {
  const roles = ['arn:aws:iam::111122223333:role/deploy-*'];
  const options: ManagedOptions = { fresh, existing: 'off', remedy: 'revoke', roles };
  return { ...GUARD, controls: { ...GUARD.controls, 'unmanaged-change': options } };
}

describe('a change outside the roles of the policy', () => {
  const inner = rule('tcp', 8080, '10.0.0.0/8');
  const other = rule('tcp', 9090, '10.0.0.0/8');

  it('is told of in mode alert, and nothing is touched', async () => {
    const { run, told, left } = cell([group([inner])]);
    await run(opening(inner), { policy: managed('alert') });
    expect(controlsOf(told)).toEqual([['unmanaged-change']]);
    expect(left()).toEqual([inner]);
  });

  it('loses the rules that it added, and no others, in mode enforce', async () => {
    const { run, told, left } = cell([group([inner, other])]);
    await run(opening(inner), { policy: managed('enforce') });
    expect(left()).toEqual([other]);
    expect(told).toMatchObject([{ status: 'done', removed: [inner] }]);
  });

  it('gets the rules that it removed handed on to be given back, each such change by itself', async () => {
    const { run, told, followed, ledger } = cell([group([])]);
    const policy = managed('enforce');
    await run(closing(inner), { policy });
    await run(closing(inner), { policy });
    await run(closing(other), { policy });
    expect(followed).toHaveLength(2);
    expect(told).toMatchObject([
      { status: 'done', removed: [], plan: { steps: [], decision: { mode: 'enforce', rules: [] } } },
      { status: 'done', removed: [], plan: { steps: [], decision: { mode: 'enforce', rules: [] } } },
    ]);
    const entries = await Promise.all(followed.map(({ groupId, planId }) => ledger.find(groupId, planId)));
    const lost = entries.map((entry) => entry?.plan.decision.findings.map((finding) => finding.removedRules));
    expect(lost).toMatchObject([[[{ protocol: 'tcp', fromPort: 8080 }]], [[{ protocol: 'tcp', fromPort: 9090 }]]]);
  });

  it('is handed on again by the retry of an invocation that died before it had handed it on', async () => {
    const { run, followed, ledger } = cell([group([])]);
    const policy = managed('enforce');
    const dead = { requestGrants: async () => await Promise.reject(new Error('killed')) };
    await expect(run(closing(inner), { policy, ports: { grantQueue: dead } })).rejects.toThrow('killed');
    expect((await ledger.stateOf([GROUP])).entries).toHaveLength(1);
    await run(closing(inner), { policy });
    expect(followed).toHaveLength(1);
    expect((await ledger.stateOf([GROUP])).entries).toEqual([]);
  });

  it('is not given back what stands again, or what the event does not tell', async () => {
    const { run, followed, told } = cell([group([{ ...inner, id: 'sgr-new' }])]);
    const policy = managed('enforce');
    await run(closing(inner), { policy });
    await run({ ...closing(other), added: { kind: 'rules', ids: [other.id!], contents: [] } }, { policy });
    expect(followed).toEqual([]);
    expect(told.map(({ plan }) => plan.decision.mode)).toEqual(['alert', 'alert']);
  });

  it('waits for a person in mode approve, and is reverted once that person says so', async () => {
    const { run, told, followed, ledger, clock } = cell([group([])]);
    const policy = managed('approve');
    await run(closing(inner), { policy });
    expect(told).toMatchObject([{ status: 'pending' }]);
    expect(followed).toEqual([]);
    const [entry] = await ledger.entries(GROUP);
    const by = { name: 'eve', through: 'command-line' } as const;
    await ledger.recordAnswer(entry!, { verdict: 'released', by, reason: 'it was needed', at: clock.at });
    const released = await approvedChange({ groupId: GROUP, planId: entry!.plan.id }, ledger);
    await run(released!, { policy });
    expect(followed).toHaveLength(1);
    expect(told.at(-1)).toMatchObject({ status: 'done', plan: { approved: { by }, decision: { mode: 'enforce' } } });
  });

  it('is only told of where it modified a rule in place: no event tells what that was', async () => {
    const { run, told, left, followed } = cell([group([inner])]);
    const modified = change([], {
      trigger: 'rules-modified',
      actor: ANN,
      added: { kind: 'rules', ids: [inner.id!], contents: [], becoming: [{ id: inner.id!, content: inner }] },
    });
    await run(modified, { policy: managed('enforce') });
    expect(told).toMatchObject([{ status: 'reported', plan: { decision: { mode: 'alert' } } }]);
    expect(told[0]?.plan.decision.findings[0]?.detail).toContain('the code has to be applied again');
    expect([left(), followed]).toEqual([[inner], []]);
  });

  it.each([
    ['a role of the policy', BOT],
    ['an AWS service', { type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com', tool: 'aws-service' }],
    [
      'a service-linked role',
      {
        type: 'AssumedRole',
        arn: 'arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForRDS/RDS',
        role: 'arn:aws:iam::111122223333:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS',
        tool: 'aws-service',
      },
    ],
  ] as const)('is none when it was made by %s', async (_, actor) => {
    const { run, told, left } = cell([group([inner])]);
    await run(opening(inner, { actor }), { policy: managed('enforce') });
    expect([told, left()]).toEqual([[], [inner]]);
  });

  it.each([
    ['a role that only calls itself service-linked', 'arn:aws:iam::111122223333:role/AWSServiceRoleForRDS'],
    ['a role of the right name in another account', 'arn:aws:iam::444455556666:role/deploy-shop'],
    ['a role of a name that only ends alike', 'arn:aws:iam::111122223333:role/not-deploy-shop'],
  ])('is one when it was made by %s', async (_, role) => {
    const { run, told } = cell([group([inner])]);
    const [, account = '', name = ''] = /^arn:aws:iam::(\d+):role\/(.*)$/.exec(role) ?? [];
    const arn = `arn:aws:sts::${account}:assumed-role/${name}/x`;
    await run(opening(inner, { actor: { type: 'AssumedRole', arn, role, tool: 'sdk' } }), { policy: managed('alert') });
    expect(controlsOf(told)).toEqual([['unmanaged-change']]);
  });

  it('is one when a service makes it with the credentials of somebody else', async () => {
    const { run, told } = cell([group([inner])]);
    await run(opening(inner, { actor: { ...ANN, invokedBy: 'ssm.amazonaws.com', tool: 'aws-service' } }), {
      policy: managed('alert'),
    });
    expect(controlsOf(told)).toEqual([['unmanaged-change']]);
  });

  it('is none of the cell: what was granted on the record stands, and still goes where it is open to the world', async () => {
    const ssh = rule('tcp', 22, WORLD);
    const { run, ec2, left, ports } = cell([group([ssh])]);
    const policy = managed('enforce');
    await run(opening(ssh), { policy });
    const [good, bad] = [
      { ...rule('tcp', 22, '10.0.0.0/8'), id: 'sgr-granted1' },
      { ...rule('tcp', 22, WORLD), id: 'sgr-granted2' },
    ];
    await recordGrant(GROUP, [good, bad], { ports });
    ec2.put(group([good]));
    await run(opening(good, { actor: { type: 'AssumedRole', arn: 'arn:x', tool: 'lambda' } }), { policy });
    expect(left()).toEqual([good]);
    ec2.put(group([good, bad]));
    await run(opening(bad, { actor: { type: 'AssumedRole', arn: 'arn:x', tool: 'lambda' } }), { policy });
    expect(left()).toEqual([good]);
  });
});

describe('the quiet of a fight', () => {
  const round = async (world: ReturnType<typeof cell>, rules: readonly Rule[], actor: Actor, id: string) => {
    world.ec2.put(group(rules));
    await world.run(change(rules, { id, actor, at: world.clock.at }));
    world.clock.at += MINUTE;
  };
  const fighting = async (times: number) => {
    const world = cell([]);
    for (let count = 1; count <= times; count += 1) await round(world, [rule('tcp', 22, WORLD)], BOT, `round ${count}`);
    return world;
  };

  it('hides no other opening that is closed in the same plan', async () => {
    const world = await fighting(3);
    const database = rule('tcp', 5432, WORLD);
    await round(world, [rule('tcp', 22, WORLD), database], BOT, 'both');
    expect(world.told).toHaveLength(4);
    expect(world.told[3]?.removed).toContainEqual(database);
  });

  it('hides nobody who was not in what people were told, and him only once he was', async () => {
    const world = await fighting(4);
    expect(world.told).toHaveLength(3);
    await round(world, [rule('tcp', 22, WORLD)], ANN, 'ann');
    expect(world.told.at(-1)?.reopenLoop).toMatchObject({ times: 5, actors: [BOT, ANN], quiet: false });
    expect(world.told).toHaveLength(4);
    for (const id of ['the 6th', 'the 7th', 'the 8th']) await round(world, [rule('tcp', 22, WORLD)], ANN, id);
    expect(world.told.map(({ reopenLoop }) => reopenLoop?.times)).toEqual([undefined, undefined, 3, 5, 6]);
  });

  it.each([3, 4, 5, 7])('cannot be had by %i openings that whoever made them took back', async (decoys) => {
    const world = cell([group([])]);
    for (let count = 1; count <= decoys; count += 1) {
      await world.run(opening(rule('tcp', 22, WORLD), { id: `decoy ${count}`, actor: ANN, at: world.clock.at }));
    }
    await round(world, [rule('tcp', 22, WORLD)], ANN, 'the real one');
    expect(world.told).toMatchObject([{ status: 'done', reopenLoop: { times: decoys + 1, quiet: false } }]);
  });

  it('hides no failure', async () => {
    const world = await fighting(4);
    const [ssh, out] = [rule('tcp', 22, WORLD), rule('-1', [-1, -1], WORLD, 'egress')];
    const half: RemediationPorts['groups']['revoke'] = async (step) =>
      step.direction === 'egress'
        ? await Promise.reject(new CallFailed('Revoke', 'UnauthorizedOperation', false, 'no'))
        : await world.ports.groups.revoke(step);
    world.ec2.put(group([ssh, out]));
    const egress = GUARD.controls['world-open-egress']!;
    const policy = {
      ...GUARD,
      controls: { ...GUARD.controls, 'world-open-egress': { ...egress, fresh: 'enforce' as const } },
    };
    const before = world.told.length;
    await world.run(change([ssh, out], { id: 'half', actor: BOT, at: world.clock.at }), {
      policy,
      ports: { groups: { ...world.ports.groups, revoke: half } },
    });
    expect(world.told.slice(before)).toMatchObject([{ status: 'failed', removed: [ssh] }]);
  });
});
