import { describe, expect, it } from 'vitest';
import { grantAfterRemoval } from '../../shared/actions/post-removal-grants.ts';
import type { Actor } from '../../shared/domain/change.ts';
import type { Outcome } from '../../shared/domain/decision.ts';
import { CallFailed } from '../../shared/domain/errors.ts';
import type { Rule } from '../../shared/domain/group.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { canonicalKey } from '../../shared/network/rule-key.ts';
import { runDueWork } from '../../shared/workflows/schedule/run-due-work.ts';
import { change, GUARD, group, rule } from '../remediation/cell.ts';
import { underEveryFault } from '../remediation/faulty.ts';
import { contents, expected, GROUP, narrowing, through, type World, world } from '../workflows/grants/world.ts';

const WORLD = '0.0.0.0/0';
const ALICE: Actor = { type: 'IAMUser', name: 'alice@example.com', sourceIp: '12.34.56.78', tool: 'console' };
const OFFICE = { cidrs: ['12.34.56.0/24', '2600::/32'], prefixListIds: [], anyActor: false };
const SSH = { ...rule('tcp', 22, WORLD), description: 'vendor', tags: { ticket: 'T-1' } };
function to(narrowTo: string, more: Partial<Policy> = { trusted: OFFICE }): Policy {
  return narrowing({ 'world-open-admin': { remedy: 'narrow', narrowTo, existing: 'enforce' } }, more);
}

/** A removal as on-change leaves it, and what follows on it. */
async function removed(policy: Policy, rules: readonly Rule[], options: Parameters<typeof world>[1] = {}) {
  const account = world([group(rules)], { policy, ...options });
  await account.run(change(rules, { actor: ALICE }));
  const [handed] = account.followed;
  if (handed === undefined) throw new Error('nothing was handed on');
  return { ...account, ...handed };
}

async function go({ grantCell, groupId, planId }: Awaited<ReturnType<typeof removed>>) {
  return expected(await grantAfterRemoval(groupId, planId, grantCell), 'followed').followUps;
}

/** Closes what was there before. */
async function swept(policy: Policy, rules: readonly Rule[], options: Parameters<typeof world>[1] = {}) {
  const account = world([group(rules)], { policy, ...options });
  await account.run(change([], { trigger: 'sweep', call: 'Sweep', added: { kind: 'unknown' } }));
  const [handed] = account.followed;
  if (handed === undefined) throw new Error('nothing was handed on');
  return { ...account, ...handed };
}

/** What on-schedule does about what waits for CloudTrail, and on-grant when it is asked again. */
async function later({ grantCell, followed }: Pick<World, 'grantCell' | 'followed'>): Promise<void> {
  const before = followed.length;
  await runDueWork(grantCell);
  for (const { groupId, planId } of followed.slice(before)) await grantAfterRemoval(groupId, planId, grantCell);
}

function sources({ left }: Pick<World, 'left'>) {
  return left().map((one) => canonicalKey(one));
}

describe('narrowing after a removal', () => {
  it('grants the address that the change came from, with description and tags, and tells and records it', async () => {
    const account = await removed(to('actor'), [SSH]);
    const [followUp] = await go(account);
    expect(contents(account.left())).toEqual(contents([{ ...SSH, source: { kind: 'ipv4', cidr: '12.34.56.78/32' } }]));
    expect(followUp).toMatchObject({
      kind: 'narrow',
      by: { name: 'portcullis' },
      granted: account.left(),
      refused: [],
    });
    const id = await account.idOf();
    expect(account.heard()).toEqual([`${id} narrow 1`]);
    expect((await account.entry(id)).postRemovalGrants).toEqual([followUp]);
  });

  it('hands no rule to an address outside the trusted ones, and records why', async () => {
    const account = await removed(to('actor', { trusted: { ...OFFICE, cidrs: ['12.99.0.0/16'] } }), [SSH]);
    const [followUp] = await go(account);
    expect(account.left()).toEqual([]);
    expect(followUp?.refused).toEqual([{ rule: SSH, reason: expect.stringMatching(/12\.34\.56\.78.*trusted\.cidrs/) }]);
    expect((await account.entry(await account.idOf())).postRemovalGrants).toHaveLength(1);
  });

  it('grants the trusted blocks of the rule’s family', async () => {
    const account = await removed(to('trusted'), [SSH, rule('tcp', 3389, '::/0')]);
    await go(account);
    expect(account.left().map(({ fromPort, source }) => [fromPort, source])).toEqual([
      [22, { kind: 'ipv4', cidr: '12.34.56.0/24' }],
      [3389, { kind: 'ipv6', cidr: '2600::/32' }],
    ]);
  });

  const TRUSTED_LISTS = { cidrs: [], prefixListIds: ['pl-1', 'pl-2', 'pl-3'], anyActor: false };

  /** A group with rules that name lists, so that what they hold is known. */
  const naming = (lists: Readonly<Record<string, readonly string[]>>) => {
    const rules = Object.entries(lists).map(([id, cidrs]) => ({
      ...rule('tcp', 443, WORLD),
      groupId: 'sg-00000000000000002',
      source: { kind: 'prefix-list', id, cidrs } as const,
    }));
    return group(rules, { id: 'sg-00000000000000002' });
  };

  it('grants a trusted prefix list only by what it holds now', async () => {
    const account = await removed(to('trusted', { trusted: TRUSTED_LISTS }), [SSH]);
    account.ec2.put(naming({ 'pl-1': ['12.34.56.0/24'], 'pl-2': ['0.0.0.0/1'] }));
    const [followUp] = await go(account);
    expect(followUp?.granted.map(({ source }) => source)).toMatchObject([{ id: 'pl-1' }]);
    expect(followUp?.refused).toMatchObject([{ rule: { source: { id: 'pl-2' } }, reason: /world-open-admin/ }]);
  });

  it('keeps for private networks what the world had served them, where it was there before', async () => {
    const account = await swept(to('private'), [SSH], { vpcCidrs: ['100.64.0.0/16', '10.1.0.0/16'] });
    await go(account);
    expect(account.left().map(({ source }) => source)).toEqual(
      ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/16'].map((cidr) => ({ kind: 'ipv4', cidr })),
    );
  });

  it('keeps nothing for private networks of what a change has just brought', async () => {
    const account = await removed(to('private'), [SSH]);
    expect(await go(account)).toMatchObject([{ granted: [], refused: [{ reason: /this change added it/ }] }]);
  });

  it('splits a range around what controls name, so that the web stays open', async () => {
    const policy = narrowing(
      Object.fromEntries(
        ['admin', 'database', 'cache', 'everything'].map((what) => [
          `world-open-${what}`,
          { remedy: 'narrow', narrowTo: 'split' },
        ]),
      ),
    );
    const account = await removed(policy, [rule('-1', -1, WORLD)]);
    await go(account);
    expect(sources(account).toSorted()).toEqual([
      'ingress tcp 443 443 0.0.0.0/0',
      'ingress tcp 80 80 0.0.0.0/0',
      'ingress udp 443 443 0.0.0.0/0',
    ]);
  });

  it('says where nothing of a range is left', async () => {
    const account = await removed(to('split'), [SSH]);
    const [followUp] = await go(account);
    expect(followUp).toMatchObject({ granted: [], refused: [{ reason: /no port of it is left/ }] });
  });

  it('decides on the group as it is by then: what a control forbids beside it is not granted', async () => {
    const account = await removed(to('trusted', { trusted: { ...TRUSTED_LISTS, prefixListIds: ['pl-1'] } }), [SSH]);
    account.ec2.put(naming({ 'pl-1': ['12.0.0.0/9'] }));
    account.ec2.put(group([rule('tcp', 22, '12.128.0.0/9')]));
    const [followUp] = await go(account);
    expect(followUp).toMatchObject({ granted: [], refused: [{ reason: /world-open-admin/ }] });
  });

  it('is not swayed by the runtime switch: at alert, nothing that would be closed is granted', async () => {
    const account = await removed(to('trusted', { trusted: { ...TRUSTED_LISTS, prefixListIds: ['pl-1'] } }), [SSH]);
    account.ec2.put(naming({ 'pl-1': ['12.0.0.0/8'] }));
    const ports = { ...account.grantCell.ports, switch: { ceiling: async () => 'alert' as const } };
    await grantAfterRemoval(account.groupId, account.planId, { ...account.grantCell, ports });
    expect(account.left().filter(({ fromPort }) => fromPort === 22)).toEqual([]);
  });

  it('grants a bounded number of rules', async () => {
    const cidrs = Array.from({ length: 30 }, (_, i) => `12.34.${i}.0/24`);
    const account = await removed(to('trusted', { trusted: { ...OFFICE, cidrs } }), [SSH]);
    const [followUp] = await go(account);
    expect([followUp?.granted.length, followUp?.refused.length]).toEqual([20, 10]);
  });

  it('happens once, however often it is asked for', async () => {
    const account = await removed(to('actor'), [SSH]);
    const first = await go(account);
    account.ec2.put(group([]));
    expect(await go(account)).toEqual(first);
    expect(account.left()).toEqual([]);
    expect(account.news).toHaveLength(1);
  });

  it('waits for the removal to be on the record, and asks to be tried again if it is not', async () => {
    const account = world([group([SSH])], { policy: to('actor') });
    const settle = async () => await Promise.reject(new Error('gone'));
    const ledger = Object.assign(Object.create(account.ledger) as typeof account.ledger, { settle });
    await expect(account.run(change([SSH], { actor: ALICE }), { ports: { ledger } })).rejects.toThrow('gone');
    const [handed] = account.followed;
    await expect(grantAfterRemoval(GROUP, handed?.planId ?? '', account.grantCell)).rejects.toMatchObject({
      retryable: true,
    });
    expect(account.clock.slept.length).toBeGreaterThan(1);
  });

  it('refuses a pointer to nothing, and a group that is gone', async () => {
    const account = await removed(to('actor'), [SSH]);
    expect(await grantAfterRemoval(GROUP, 'none', account.grantCell)).toMatchObject({ kind: 'refused' });
    const look = async () => ({ groups: [], unread: [] });
    const ports = {
      ...account.ports,
      region: () => ({ ...account.ports.region(''), groups: { fetchSnapshot: look } }),
    };
    expected(await grantAfterRemoval(GROUP, account.planId, { ...account.grantCell, ports }), 'refused');
  });

  it.each(['actor', 'trusted', 'split'])(
    'ends in the same rules, one record and one message, whichever call breaks (%s)',
    async (way) => {
      const policy = narrowing(
        {
          'world-open-admin': { remedy: 'narrow', narrowTo: way },
          'world-open-other': { fresh: 'off', existing: 'off' },
        },
        { trusted: OFFICE },
      );
      const undisturbed = await removed(policy, [rule('tcp', [20, 80], WORLD)]);
      await go(undisturbed);
      const calls = await underEveryFault({
        make: async () => await removed(policy, [rule('tcp', [20, 80], WORLD)]),
        run: async ({ grantCell, groupId, planId }, wrap, attempt) =>
          await grantAfterRemoval(groupId, planId, through(grantCell, wrap, attempt)),
        check: async (account) => {
          await later(account);
          expect(sources(account)).toEqual(sources(undisturbed));
          const { postRemovalGrants: followUps } = await account.entry(await account.idOf());
          expect(followUps).toMatchObject([{ kind: 'narrow', granted: account.left(), refused: [] }]);
          expect(account.heard()).toHaveLength(1);
        },
      });
      expect(calls).toBeGreaterThanOrEqual(7);
      expect(sources(undisturbed).length).toBeGreaterThan(0);
    },
  );
});

const EVE: Actor = { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/eve', name: 'eve', tool: 'cli' };

/** A removal by somebody that the policy does not let change groups, as its control finds it. */
async function taken(lost: readonly Rule[], forged = false) {
  const account = world([group([rule('tcp', 443, WORLD)])]);
  const because = [
    {
      control: 'unmanaged-change',
      severity: 'medium',
      freshness: 'fresh',
      rules: [],
      exposures: [],
      removedRules: lost,
    },
  ] as const;
  const { rules: _, ...identity } = group([]);
  const decision = {
    group: identity,
    rules: [],
    otherRuleCount: 1,
    findings: because,
    mode: 'enforce',
    remedy: 'revoke',
    limits: [],
  } as const;
  const removal = change(lost, {
    id: 'removal',
    call: 'RevokeSecurityGroupIngress',
    trigger: 'rules-removed',
    actor: EVE,
  });
  if (!forged) account.trail.set(removal.id, removal);
  const plan = { id: 'n'.repeat(26), decision, change: removal, steps: [], undo: [], at: account.clock.at } as const;
  const outcome: Outcome = { plan, status: 'done', removed: [], alreadyGone: [], changed: [], at: account.clock.at };
  await account.ledger.reserve(plan, 'on-change-1');
  await account.ledger.settle(outcome);
  return { ...account, groupId: GROUP, planId: plan.id };
}

describe('a change that is reverted', () => {
  const OLD = { ...rule('tcp', 5432, '10.0.0.0/8'), description: 'app' };

  it('gives back the rules that it took away', async () => {
    const account = await taken([OLD]);
    expect(await go(account)).toMatchObject([{ kind: 'revert', refused: [], reason: /unmanaged-change/ }]);
    expect(contents(account.left())).toContainEqual(contents([OLD])[0]);
  });

  it('does not give back what a control finds', async () => {
    const account = await taken([SSH, OLD]);
    const [followUp] = await go(account);
    expect(followUp?.granted.map(({ fromPort }) => fromPort)).toEqual([5432]);
    expect(followUp?.refused).toMatchObject([{ reason: /world-open-admin/ }]);
  });

  it('adds no second rule where somebody has put it back', async () => {
    const account = await taken([OLD]);
    account.ec2.put(group([OLD]));
    expect(await go(account)).toEqual([]);
    expect([account.left(), account.heard()]).toEqual([[OLD], []]);
  });

  it('ends in one record and one message, whichever call fails', async () => {
    await underEveryFault({
      make: async () => await taken([OLD]),
      run: async ({ grantCell, groupId, planId }, wrap) =>
        await grantAfterRemoval(groupId, planId, through(grantCell, wrap)),
      check: async (account) => {
        await later(account);
        expect(account.left()).toHaveLength(2);
        expect((await account.entry(await account.idOf())).postRemovalGrants).toMatchObject([{ kind: 'revert' }]);
        expect(account.heard()).toHaveLength(1);
      },
    });
  });
});

describe('a change that CloudTrail has not confirmed', () => {
  const ATTACKER = rule('tcp', 22, '203.0.113.66/32');
  const HOUR = 3_600_000;

  it('gives back nothing that an event claims was removed: after an hour it is refused, and people are told', async () => {
    const account = await taken([ATTACKER], true);
    expect(await go(account)).toEqual([]);
    for (let minutes = 5; minutes < 60; minutes += 5) {
      account.clock.at += HOUR / 12;
      await later(account);
    }
    expect([account.granted, account.heard()]).toEqual([[], []]);
    account.clock.at += HOUR / 12;
    await later(account);
    expect(account.granted).toEqual([]);
    expect(account.heard()).toHaveLength(1);
    const [followUp] = (await account.entry(await account.idOf())).postRemovalGrants;
    expect(followUp).toMatchObject({
      kind: 'revert',
      granted: [],
      refused: [{ reason: /CloudTrail has not confirmed within an hour that it was removed: CloudTrail has no event/ }],
    });
    await later(account);
    expect([await account.grantCell.ports.confirmations.pending(), account.heard().length]).toEqual([[], 1]);
  });

  it('is confirmed a quarter of an hour late: the rules come back then', async () => {
    const account = await taken([ATTACKER], true);
    await go(account);
    account.clock.at += HOUR / 4;
    const [entry] = await account.ledger.entries(GROUP);
    account.trail.set('removal', { ...entry!.plan.change, added: { kind: 'rules', ids: [], contents: [ATTACKER] } });
    await later(account);
    expect(account.granted).toEqual([canonicalKey(ATTACKER)]);
    expect(await account.grantCell.ports.confirmations.pending()).toEqual([]);
  });

  it.each([
    ['other rules', { added: { kind: 'rules', ids: [], contents: [rule('tcp', 443, '10.0.0.0/8')] } }],
    ['another principal', { actor: { ...EVE, arn: 'arn:aws:iam::111122223333:role/terraform' } }],
    ['another group', { scope: { by: 'group-id', ids: ['sg-00000000000000002'] } }],
    ['another call', { trigger: 'rules-added' }],
  ] as const)('gives back nothing by the id of a real event about %s', async (_, more) => {
    const account = await taken([ATTACKER], true);
    const real = change([ATTACKER], { id: 'removal', trigger: 'rules-removed', actor: EVE });
    account.trail.set('removal', { ...real, ...more });
    const [followUp] = await go(account);
    expect([account.granted, followUp?.refused.length]).toEqual([[], 1]);
  });

  it('lets no address in that only an event names as where the change came from', async () => {
    const account = world([group([SSH])], { policy: to('actor') });
    await account.run(change([SSH], { actor: ALICE }), { forged: true });
    const [{ groupId, planId } = { groupId: '', planId: '' }] = account.followed;
    expect(await grantAfterRemoval(groupId, planId, account.grantCell)).toEqual({ kind: 'followed', followUps: [] });
    account.clock.at += HOUR;
    await later(account);
    expect(account.granted).toEqual([]);
    const [followUp] = (await account.entry(await account.idOf())).postRemovalGrants;
    expect(followUp).toMatchObject({ kind: 'narrow', granted: [], refused: [{ reason: /does not tell the address/ }] });
  });

  it('waits where CloudTrail cannot be asked, and says why in the end', async () => {
    const account = await taken([ATTACKER], true);
    const changeOf = async () => await Promise.reject(new CallFailed('LookupEvents', 'AccessDenied', false, 'no'));
    const deaf = { ...account.grantCell, ports: { ...account.grantCell.ports, trail: { findChange: changeOf } } };
    await grantAfterRemoval(account.groupId, account.planId, deaf);
    expect(await account.grantCell.ports.confirmations.pending()).toMatchObject([
      { because: expect.stringContaining('AccessDenied') },
    ]);
  });
});

describe('a removal without later grants', () => {
  it('is left as it is', async () => {
    const account = world([group([SSH])], { policy: GUARD });
    await account.run(change([SSH]));
    const [entry] = await account.ledger.entries(GROUP);
    expect(await grantAfterRemoval(GROUP, entry?.plan.id ?? '', account.grantCell)).toEqual({
      kind: 'followed',
      followUps: [],
    });
    expect(account.heard()).toEqual([]);
  });
});
