import { describe, expect, it } from 'vitest';
import { canonicalKey } from '../../../shared/exposure/canonical.ts';
import type { Actor } from '../../../shared/model/change.ts';
import type { Outcome } from '../../../shared/model/decision.ts';
import type { Policy } from '../../../shared/model/policy.ts';
import type { Rule } from '../../../shared/model/rule.ts';
import { follow } from '../../../shared/pipeline/grant/follow.ts';
import { change, GUARD, group, rule } from '../cell.ts';
import { underEveryFault } from '../faulty.ts';
import { contents, expected, GROUP, narrowing, through, type World, world } from './world.ts';

const WORLD = '0.0.0.0/0';
const ALICE: Actor = { type: 'IAMUser', name: 'alice@example.com', sourceIp: '12.34.56.78', tool: 'console' };
const OFFICE = { cidrs: ['12.34.56.0/24', '2600::/32'], prefixListIds: [], anyActor: false };
const SSH = { ...rule('tcp', 22, WORLD), description: 'vendor', tags: { ticket: 'T-1' } };
const to = (narrowTo: string, more: Partial<Policy> = { trusted: OFFICE }): Policy =>
  narrowing({ 'world-open-admin': { remedy: 'narrow', narrowTo, existing: 'enforce' } }, more);

/** A removal as on-change leaves it, and what follows on it. */
const removed = async (policy: Policy, rules: readonly Rule[], options: Parameters<typeof world>[1] = {}) => {
  const account = world([group(rules)], { policy, ...options });
  await account.run(change(rules, { actor: ALICE }));
  const [handed] = account.followed;
  if (handed === undefined) throw new Error('nothing was handed on');
  return { ...account, ...handed };
};

const go = async ({ grantCell, groupId, planId }: Awaited<ReturnType<typeof removed>>) =>
  expected(await follow(groupId, planId, grantCell), 'followed').followUps;

/** Closes what was there before. */
const swept = async (policy: Policy, rules: readonly Rule[], options: Parameters<typeof world>[1] = {}) => {
  const account = world([group(rules)], { policy, ...options });
  await account.run(change([], { trigger: 'sweep', call: 'Sweep', brought: { kind: 'unknown' } }));
  const [handed] = account.followed;
  if (handed === undefined) throw new Error('nothing was handed on');
  return { ...account, ...handed };
};

const sources = ({ left }: Pick<World, 'left'>) => left().map((one) => canonicalKey(one));

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
    expect((await account.entry(id)).followUps).toEqual([followUp]);
  });

  it('hands no rule to an address outside the trusted ones, and records why', async () => {
    const account = await removed(to('actor', { trusted: { ...OFFICE, cidrs: ['12.99.0.0/16'] } }), [SSH]);
    const [followUp] = await go(account);
    expect(account.left()).toEqual([]);
    expect(followUp?.refused).toEqual([{ rule: SSH, reason: expect.stringMatching(/12\.34\.56\.78.*trusted\.cidrs/) }]);
    expect((await account.entry(await account.idOf())).followUps).toHaveLength(1);
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
    expect(await go(account)).toMatchObject([{ granted: [], refused: [{ reason: /this change brought it/ }] }]);
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
      'ingress tcp 443 443 ipv4 0/0',
      'ingress tcp 80 80 ipv4 0/0',
      'ingress udp 443 443 ipv4 0/0',
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
    await follow(account.groupId, account.planId, { ...account.grantCell, ports });
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
    await expect(follow(GROUP, handed?.planId ?? '', account.grantCell)).rejects.toMatchObject({ retryable: true });
    expect(account.clock.slept.length).toBeGreaterThan(1);
  });

  it('refuses a pointer to nothing, and a group that is gone', async () => {
    const account = await removed(to('actor'), [SSH]);
    expect(await follow(GROUP, 'none', account.grantCell)).toMatchObject({ kind: 'refused' });
    const look = async () => ({ sightings: [], unread: [] });
    const ports = { ...account.ports, region: () => ({ ...account.ports.region(''), groups: { look } }) };
    expected(await follow(GROUP, account.planId, { ...account.grantCell, ports }), 'refused');
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
          await follow(groupId, planId, through(grantCell, wrap, attempt)),
        check: async (account) => {
          expect(sources(account)).toEqual(sources(undisturbed));
          const { followUps } = await account.entry(await account.idOf());
          expect(followUps).toMatchObject([{ kind: 'narrow', granted: account.left(), refused: [] }]);
          expect(account.heard()).toHaveLength(1);
        },
      });
      expect(calls).toBeGreaterThanOrEqual(7);
      expect(sources(undisturbed).length).toBeGreaterThan(0);
    },
  );
});

/** A removal whose rule had become another one between look and act. */
const drifted = async (became: Partial<Rule>) => {
  const account = world([group([SSH])]);
  const revoke: typeof account.ec2.revoke = async (step) => {
    account.ec2.put(group([{ ...SSH, ...became }]));
    return await account.ec2.revoke(step);
  };
  const groups = { look: account.ec2.look, revoke };
  await account.run(change([SSH], { actor: ALICE }), { ports: { groups } });
  const [handed] = account.followed;
  if (handed === undefined) throw new Error('nothing was handed on');
  return { ...account, ...handed };
};

describe('a rule that was narrowed between look and act', () => {
  const NARROWED = { source: { kind: 'ipv4', cidr: '198.51.100.7/32' } } as const;

  it('is put back at once, as it was when it went', async () => {
    const account = await drifted(NARROWED);
    expect(account.left()).toEqual([]);
    expect(await go(account)).toMatchObject([{ kind: 'put-back', granted: account.left(), refused: [] }]);
    expect(contents(account.left())).toEqual(contents([{ ...SSH, ...NARROWED }]));
  });

  it('stays away where a control would close it as it is', async () => {
    const account = await drifted({ fromPort: 3389, toPort: 3389 });
    expect(await go(account)).toMatchObject([{ granted: [], refused: [{ reason: /world-open-admin/ }] }]);
    expect(account.left()).toEqual([]);
  });

  it('is back once, with one record and one message, whichever call breaks', async () => {
    await underEveryFault({
      make: async () => await drifted(NARROWED),
      run: async ({ grantCell, groupId, planId }, wrap) => await follow(groupId, planId, through(grantCell, wrap)),
      check: async (account) => {
        expect(contents(account.left())).toEqual(contents([{ ...SSH, ...NARROWED }]));
        const { followUps } = await account.entry(await account.idOf());
        expect(followUps).toMatchObject([{ kind: 'put-back', granted: account.left() }]);
        expect(account.heard()).toHaveLength(1);
      },
    });
  });
});

/** A removal by somebody that the policy does not let change groups, as its control finds it. */
const taken = async (lost: readonly Rule[]) => {
  const account = world([group([rule('tcp', 443, WORLD)])]);
  const because = [
    { control: 'unmanaged-change', severity: 'medium', freshness: 'fresh', rules: [], exposures: [], lost },
  ] as const;
  const { rules: _, ...identity } = group([]);
  const decision = {
    group: identity,
    rules: [],
    others: 1,
    because,
    mode: 'enforce',
    remedy: 'revoke',
    limits: [],
  } as const;
  const plan = { id: 'n'.repeat(26), decision, change: change([]), steps: [], undo: [], at: account.clock.at } as const;
  const outcome: Outcome = { plan, status: 'done', removed: [], alreadyGone: [], drifted: [], at: account.clock.at };
  await account.ledger.reserve(plan, 'on-change-1');
  await account.ledger.settle(outcome);
  return { ...account, groupId: GROUP, planId: plan.id };
};

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

  it('ends in one record and one message, whichever call breaks', async () => {
    await underEveryFault({
      make: async () => await taken([OLD]),
      run: async ({ grantCell, groupId, planId }, wrap) => await follow(groupId, planId, through(grantCell, wrap)),
      check: async (account) => {
        expect(account.left()).toHaveLength(2);
        expect((await account.entry(await account.idOf())).followUps).toMatchObject([{ kind: 'revert' }]);
        expect(account.heard()).toHaveLength(1);
      },
    });
  });
});

describe('a removal that nothing follows on', () => {
  it('is left as it is', async () => {
    const account = world([group([SSH])], { policy: GUARD });
    await account.run(change([SSH]));
    const [entry] = await account.ledger.entries(GROUP);
    expect(await follow(GROUP, entry?.plan.id ?? '', account.grantCell)).toEqual({ kind: 'followed', followUps: [] });
    expect(account.heard()).toEqual([]);
  });
});
