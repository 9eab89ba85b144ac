import { describe, expect, it } from 'vitest';
import { list } from '../../../shared/actions/list.ts';
import type { Rule } from '../../../shared/domain/group.ts';
import { ruleKey } from '../../../shared/network/rule-key.ts';
import { endExemption } from '../../../shared/workflows/exemptions.ts';
import { restore } from '../../../shared/workflows/restore.ts';
import { expiredExemptions, expiringExemptions } from '../../../shared/workflows/schedule/exemptions.ts';
import { runDueWork } from '../../../shared/workflows/schedule/run-due-work.ts';
import { change, GUARD, group, rule } from '../../remediation/cell.ts';
import { underEveryFault } from '../../remediation/faulty.ts';
import { BOB, CAROL, contents, expected, GROUP, narrowing, restoring, through, type World, world } from './world.ts';

const WORLD = '0.0.0.0/0';
const TERMS = { days: 30, owner: 'vendor-team', ticket: 'T-7' };
const SSH = { ...rule('tcp', 22, WORLD), description: 'vendor', tags: { ticket: 'T-1' } };
const NEIGHBOUR = rule('tcp', 443, WORLD);

async function closed(options: Parameters<typeof world>[1] = {}, rules: readonly Rule[] = [SSH]) {
  const account = world([group([...rules, NEIGHBOUR])], options);
  await account.run(change(rules));
  return { ...account, id: await account.idOf() };
}

/** What `exempt list` shows. */
async function shown(grantCell: World['grantCell']) {
  return expected(await list({ do: 'list', what: 'exemptions', most: 10 }, grantCell), 'exemptions').exemptions;
}

const SWEEP = { trigger: 'sweep', added: { kind: 'unknown' } } as const;

/** A day and an hour, ms. */
const PAST_A_DAY = 25 * 3_600_000;

describe('a rule that stays only under an exemption', () => {
  /** The rule, back for a day, in the preset guard, where existing rules are only reported. */
  const backForADay = async () => {
    const account = await closed();
    expected(await restore(restoring(account.id, { exempt: { ...TERMS, days: 1 } }), account.grantCell), 'restored');
    await account.run(change(account.left(), { id: 'event-2' }), { owner: 'invocation-2' });
    expect(contents(account.left())).toEqual(contents([SSH, NEIGHBOUR]));
    account.told.length = 0;
    return account;
  };

  it('counts as new when the exemption runs out: its group is looked at, the rule is closed, and people are told', async () => {
    const { grantCell, clock, looked, run, left, told } = await backForADay();
    clock.at += PAST_A_DAY;
    await runDueWork(grantCell);
    expect(looked).toContain(`${GROUP} eu-west-1`);
    const outcomes = await run(change([], { ...SWEEP, id: 'look', at: clock.at }), { owner: 'invocation-3' });
    expect(outcomes).toMatchObject([
      { status: 'done', plan: { decision: { mode: 'enforce', findings: [{ freshness: 'fresh' }] } } },
    ]);
    expect(contents(left())).toEqual(contents([NEIGHBOUR]));
    expect(told).toHaveLength(1);
  });

  it('is closed by the first look after somebody has ended the exemption', async () => {
    const { grantCell, clock, exemptions, looked, run, left } = await backForADay();
    const [one] = await exemptions.all();
    clock.at += 1000;
    const end = { do: 'end-exemption', id: one?.id ?? '', by: BOB, reason: 'not needed any more' } as const;
    expected(await endExemption(end, grantCell), 'ended');
    expect(looked).toContain(`${GROUP} eu-west-1`);
    await run(change([], { ...SWEEP, id: 'look', at: clock.at }), { owner: 'invocation-3' });
    expect(contents(left())).toEqual(contents([NEIGHBOUR]));
  });

  it('is only reported when the exemption runs out, if the rule was there before it', async () => {
    const account = world([group([SSH], { ownerId: '111122223333' })]);
    await account.exemptions.put({
      id: 'e-1',
      scope: { groupId: GROUP },
      by: BOB,
      reason: 'the vendor needs it',
      owner: 'vendor-team',
      at: account.clock.at,
      until: account.clock.at + 86_400_000,
      place: { account: '111122223333', region: 'eu-west-1' },
    });
    account.clock.at += PAST_A_DAY;
    await runDueWork(account.grantCell);
    expect(account.looked).toContain(`${GROUP} eu-west-1`);
    const outcomes = await account.run(change([], { ...SWEEP, id: 'look', at: account.clock.at }));
    expect(outcomes).toMatchObject([{ status: 'reported' }]);
    expect(account.left()).toEqual([SSH]);
  });
});

describe('restore', () => {
  it('gives back the group as it was but for the rule id, with an exemption that was recorded first', async () => {
    const account = await closed();
    const { id, grantCell, left, clock, exemptions } = account;
    const result = expected(await restore(restoring(id, { exempt: TERMS }), grantCell), 'restored');
    expect(contents(left())).toEqual(contents([SSH, NEIGHBOUR]));
    expect(left().find((one) => one.tags)?.id).not.toBe(SSH.id);
    expect(result.followUp.granted).toEqual([left().find((one) => one.tags)]);
    expect(await exemptions.all()).toMatchObject([
      {
        scope: { groupId: GROUP, content: 'ingress tcp 22 22 0.0.0.0/0' },
        by: BOB,
        reason: 'the vendor needs it',
        owner: 'vendor-team',
        ticket: 'T-7',
        until: clock.at + 30 * 86_400_000,
        place: { account: '111122223333', region: 'eu-west-1' },
      },
    ]);
  });

  it('is on the record of the removal with who and why, and people are told', async () => {
    const { id, grantCell, entry, news } = await closed();
    const { followUp } = expected(await restore(restoring(id, { exempt: TERMS }), grantCell), 'restored');
    expect((await entry(id)).postRemovalGrants).toEqual([followUp]);
    expect(followUp).toMatchObject({ kind: 'restore', by: BOB, reason: 'the vendor needs it', refused: [] });
    expect(news).toMatchObject([{ what: 'granted', id: `${id} restore 1`, followUp }]);
  });

  it('keeps what was restored under an exemption open, and what was restored is not closed by its own event', async () => {
    const { id, grantCell, run, left } = await closed();
    await restore(restoring(id, { exempt: TERMS }), grantCell);
    await run(change(left(), { id: 'event-2' }), { owner: 'invocation-2' });
    expect(contents(left())).toEqual(contents([SSH, NEIGHBOUR]));
  });

  it('refuses what a control would close again, names it and the way out, and changes nothing', async () => {
    const { id, grantCell, left, granted, heard, entry } = await closed();
    const { because } = expected(await restore(restoring(id), grantCell), 'refused');
    expect(because.join('\n')).toMatch(/tcp 22 from 0\.0\.0\.0\/0.*world-open-admin.*\n.*--exempt/s);
    expect([left(), granted, heard(), (await entry(id)).postRemovalGrants]).toEqual([[NEIGHBOUR], [], [], []]);
  });

  it('refuses what a control closes only once it is no longer new', async () => {
    const policy = narrowing({ 'world-open-admin': { fresh: 'alert', existing: 'enforce' } });
    const account = world([group([SSH, NEIGHBOUR])], { policy });
    await account.run(change([NEIGHBOUR]));
    expect(account.left()).toEqual([NEIGHBOUR]);
    expected(await restore(restoring(await account.idOf()), account.grantCell), 'refused');
  });

  it('allows what controls only tell people of, and says so', async () => {
    const account = await closed();
    const policy = narrowing({ 'world-open-admin': { fresh: 'alert', existing: 'alert' } });
    const result = await restore(restoring(account.id), { ...account.grantCell, policy });
    expect(expected(result, 'restored').remarks).toEqual([expect.stringMatching(/told of .*world-open-admin/)]);
    expect(contents(account.left())).toEqual(contents([SSH, NEIGHBOUR]));
  });

  it('adds up what is put back with what is there: two halves of the world are refused', async () => {
    const halves = [rule('tcp', 22, '0.0.0.0/1'), rule('tcp', 22, '128.0.0.0/1')];
    const { id, grantCell } = await closed({}, halves);
    expect(await restore(restoring(id), grantCell)).toMatchObject({ kind: 'refused' });
  });

  it('does nothing in a dry run but say what it would do', async () => {
    const { id, grantCell, left, heard, entry, exemptions } = await closed();
    const result = await restore(restoring(id, { dryRun: true, exempt: TERMS }), grantCell);
    const { followUp } = expected(result, 'restored');
    expect(followUp.granted).toEqual([SSH]);
    expect(followUp.exemption).toMatchObject({ owner: 'vendor-team' });
    expect([left(), heard(), await exemptions.all()]).toEqual([[NEIGHBOUR], [], []]);
    expect(await entry(id)).toMatchObject({ postRemovalGrants: [], completedSteps: [] });
  });

  it('done twice adds no second rule and tells what the first did', async () => {
    const { id, grantCell, left, heard, entry } = await closed();
    const first = expected(await restore(restoring(id, { exempt: TERMS }), grantCell), 'restored');
    const second = await restore(restoring(id, { by: CAROL, reason: 'me too' }), grantCell);
    const { followUp, standing, remarks } = expected(second, 'restored');
    expect(followUp).toEqual(first.followUp);
    expect(standing).toEqual(first.followUp.granted.map((one) => one.id));
    expect(remarks).toEqual([expect.stringMatching(/bob@example\.com.*the vendor needs it/)]);
    expect(left()).toHaveLength(2);
    expect([heard().length, (await entry(id)).postRemovalGrants.length]).toEqual([1, 1]);
  });

  it('leaves alone a rule of the same content that somebody made again, and records nothing', async () => {
    const { id, grantCell, left, ec2, heard, entry } = await closed();
    const again = rule('tcp', 22, WORLD);
    ec2.put(group([NEIGHBOUR, again]));
    const result = expected(await restore(restoring(id), grantCell), 'restored');
    expect([result.standing, result.followUp.granted]).toEqual([[again.id], []]);
    expect([left().length, heard(), (await entry(id)).postRemovalGrants]).toEqual([2, [], []]);
  });

  it('puts back what is missing of several rules, and names the ones that stand', async () => {
    const both = [rule('tcp', 22, WORLD), rule('tcp', 3389, WORLD)];
    const { id, grantCell, ec2, left } = await closed({}, both);
    const again = rule('tcp', 22, WORLD);
    ec2.put(group([NEIGHBOUR, again]));
    const result = expected(await restore(restoring(id, { exempt: TERMS }), grantCell), 'restored');
    expect(result.standing).toEqual([again.id]);
    expect(result.followUp.granted.map((one) => one.fromPort)).toEqual([3389]);
    expect(contents(left())).toEqual(contents([...both, NEIGHBOUR]));
  });

  it('restores again what was restored and closed since', async () => {
    const { id, grantCell, ec2, left, entry, clock, exemptions } = await closed();
    await restore(restoring(id, { exempt: TERMS }), grantCell);
    ec2.put(group([NEIGHBOUR]));
    clock.at += 60_000;
    expected(await restore(restoring(id, { exempt: TERMS }), grantCell), 'restored');
    expect(contents(left())).toEqual(contents([SSH, NEIGHBOUR]));
    expect((await entry(id)).postRemovalGrants).toHaveLength(2);
    expect(await exemptions.all()).toHaveLength(1);
  });

  it('gives longer leave where more is asked for than there is', async () => {
    const { id, grantCell, ec2, exemptions } = await closed();
    await restore(restoring(id, { exempt: { ...TERMS, days: 1 } }), grantCell);
    ec2.put(group([NEIGHBOUR]));
    await restore(restoring(id, { exempt: TERMS }), grantCell);
    expect(await exemptions.all()).toHaveLength(2);
  });

  it('goes by what the prefix list holds now', async () => {
    const listed = {
      ...rule('tcp', 22, WORLD),
      source: { kind: 'prefix-list', id: 'pl-00000000000000001', cidrs: [WORLD] } as const,
    };
    const { id, grantCell, ec2, left } = await closed({}, [listed]);
    const source = { ...listed.source, cidrs: ['198.51.100.0/24'] };
    ec2.put(
      group([{ ...rule('tcp', 8443, WORLD), groupId: 'sg-00000000000000002', source }], { id: 'sg-00000000000000002' }),
    );
    expected(await restore(restoring(id), grantCell), 'restored');
    expect(left().filter((one) => one.groupId === GROUP)).toHaveLength(2);
  });

  it.each([
    ['an unknown id', (id: string) => restoring(`${id.slice(0, 25)}z`), /there is no remediation/],
    ['no reason', (id: string) => restoring(id, { reason: ' ' }), /needs a reason/],
    ['91 days', (id: string) => restoring(id, { exempt: { days: 91, owner: 'me' } }), /1 to 90 whole days, not 91/],
    ['no owner', (id: string) => restoring(id, { exempt: { days: 9, owner: '' } }), /needs an owner/],
  ])('refuses %s', async (_, command, message) => {
    const { id, grantCell } = await closed();
    const { because } = expected(await restore(command(id), grantCell), 'refused');
    expect(because.join('\n')).toMatch(message);
  });

  it('says that a group is gone, and which rules it would have been', async () => {
    const { id, grantCell, ec2 } = await closed();
    ec2.put({ ...group([]), id: 'sg-00000000000000009' });
    const gone = { ...grantCell.ports.region(''), groups: { fetchSnapshot: async () => ({ groups: [], unread: [] }) } };
    const result = await restore(restoring(id), { ...grantCell, ports: { ...grantCell.ports, region: () => gone } });
    expect(expected(result, 'refused').because.join('\n')).toMatch(
      /web \(sg-0.*is gone.*\n.*tcp 22 from 0\.0\.0\.0\/0/s,
    );
  });

  it('says that the quota is full, grants nothing, and leaves no exemption', async () => {
    const { id, grantCell, ec2, left, entry, heard, exemptions, clock } = await closed({ quota: 1 });
    const result = await restore(restoring(id, { exempt: TERMS }), grantCell);
    expect(expected(result, 'refused').because).toEqual([expect.stringMatching(/as many ingress rules as its quota/)]);
    expect([left(), heard(), (await entry(id)).postRemovalGrants]).toEqual([[NEIGHBOUR], [], []]);
    expect(await exemptions.active([GROUP])).toEqual([]);
    expect(await shown(grantCell)).toEqual([]);
    ec2.put(group([]));
    expected(await restore(restoring(id), grantCell), 'refused');
    clock.at += 1000;
    expected(await restore(restoring(id, { exempt: TERMS }), grantCell), 'restored');
    expect(await exemptions.active([GROUP])).toHaveLength(1);
  });

  it('exempts of two directions the rule that was granted alone', async () => {
    const [inbound, outbound] = [rule('tcp', 22, WORLD), rule('tcp', 22, WORLD, 'egress')];
    const policy = narrowing({ 'world-open-egress': { fresh: 'enforce', existing: 'enforce', maxPorts: 0 } });
    const { id, grantCell, exemptions } = await closed({ policy, quota: 1 }, [inbound, outbound]);
    const result = expected(await restore(restoring(id, { exempt: TERMS }), grantCell), 'restored');
    expect(result.followUp.granted).toMatchObject([{ direction: 'egress' }]);
    expect(await exemptions.active([GROUP])).toMatchObject([{ scope: { content: expect.stringMatching(/^egress/) } }]);
  });

  it('that nobody asks for again leaves both the exemption and the rule, or neither, whichever call breaks', async () => {
    const policy = narrowing({ 'world-open-admin': { fresh: 'enforce', existing: 'enforce' } });
    const calls = await underEveryFault({
      make: async () => await closed({ policy }),
      run: async ({ grantCell, id, run, clock }, wrap, attempt) => {
        if (attempt === 1) return await restore(restoring(id, { exempt: TERMS }), through(grantCell, wrap));
        for (const task of await expiredExemptions(grantCell)) await task();
        const sweep = { id: 'sweep', trigger: 'sweep', added: { kind: 'unknown' }, at: clock.at } as const;
        return await run(change([], sweep), { owner: 'invocation-2' });
      },
      between: ({ clock }) => void (clock.at += 600_001),
      check: async ({ left, exemptions, grantCell }) => {
        const isOpen = left().some(({ fromPort }) => fromPort === 22);
        expect((await exemptions.active([GROUP])).length).toBe(isOpen ? 1 : 0);
        expect((await shown(grantCell)).length).toBe(isOpen ? 1 : 0);
      },
    });
    expect(calls).toBeGreaterThan(8);
  });

  it('has an exemption though the schedule ends the provisional one during the grant', async () => {
    const { id, grantCell, exemptions, clock } = await closed();
    const region = grantCell.ports.region('');
    const authorize: typeof region.grants.authorize = async (step) => {
      clock.at += 600_000;
      for (const task of await expiredExemptions(grantCell)) await task();
      return await region.grants.authorize(step);
    };
    const late = { ...grantCell.ports, region: () => ({ ...region, grants: { ...region.grants, authorize } }) };
    expected(await restore(restoring(id, { exempt: TERMS }), { ...grantCell, ports: late }), 'restored');
    expect(await exemptions.active([GROUP])).toHaveLength(1);
  });

  it('that broke off tells nobody that its exemption ran out', async () => {
    const { id, grantCell, clock, heard, looked } = await closed();
    const grants = {
      ...grantCell.ports.region('').grants,
      authorize: async () => await Promise.reject(new Error('x')),
    };
    const broken = { ...grantCell.ports, region: () => ({ ...grantCell.ports.region(''), grants }) };
    await expect(restore(restoring(id, { exempt: TERMS }), { ...grantCell, ports: broken })).rejects.toThrow('x');
    for (const duty of [expiringExemptions, expiredExemptions]) expect(await duty(grantCell)).toEqual([]);
    clock.at += 600_000;
    for (const task of await expiredExemptions(grantCell)) await task();
    expect(heard()).toEqual([]);
    expect(looked).toEqual([`${GROUP} eu-west-1`]);
    expect(await expiredExemptions(grantCell)).toEqual([]);
  });

  it('records what one direction took and what the other would not have', async () => {
    const egress = [rule('tcp', 22, WORLD, 'egress'), rule('tcp', 25, WORLD, 'egress')];
    const account = world([group([rule('-1', -1, GROUP), ...egress], { name: 'default' })]);
    await account.run(change([], { trigger: 'vpc-created', added: { kind: 'everything' } }));
    const cellOf = world([], { quota: 1 });
    cellOf.ec2.put(group([], { name: 'default' }));
    const ports = { ...account.grantCell.ports, region: cellOf.ports.region };
    const result = await restore(restoring(await account.idOf(), { exempt: TERMS }), { ...account.grantCell, ports });
    const { followUp } = expected(result, 'restored');
    expect([followUp.granted.length, followUp.refused.length]).toEqual([1, 2]);
  });

  it('has nothing to put back for a plan that waits', async () => {
    const account = world([group([SSH])], { ceiling: 'approve' });
    await account.run(change([SSH]));
    const { because } = expected(await restore(restoring(await account.idOf()), account.grantCell), 'refused');
    expect(because).toEqual([expect.stringMatching(/waits for a person.*has removed nothing/)]);
  });

  it('throws what may pass, and what is no answer about the rules', async () => {
    const { id, grantCell } = await closed();
    const region = grantCell.ports.region('');
    const grants = { ...region.grants, authorize: async () => await Promise.reject(new Error('no permission')) };
    const ports = { ...grantCell.ports, region: () => ({ ...region, grants }) };
    await expect(restore(restoring(id, { exempt: TERMS }), { ...grantCell, ports })).rejects.toThrow('no permission');
  });

  it('grants nothing on a guess: a fact that could not be read is retried', async () => {
    const { id, grantCell } = await closed();
    const unread = { name: 'unread' } as never;
    const look = async () => ({ groups: [], unread: [unread] });
    const ports = {
      ...grantCell.ports,
      region: () => ({ ...grantCell.ports.region(''), groups: { fetchSnapshot: look } }),
    };
    await expect(restore(restoring(id), { ...grantCell, ports })).rejects.toMatchObject({ name: 'Unfinished' });
  });

  it('ends in one rule, one record and one message, whichever call breaks', async () => {
    const calls = await underEveryFault({
      make: async () => await closed(),
      run: async ({ id, grantCell }, wrap, attempt) =>
        await restore(restoring(id, { exempt: TERMS }), through(grantCell, wrap, attempt)),
      between: ({ clock }) => void (clock.at += 5000),
      check: async ({ id, left, heard, entry, exemptions, granted }) => {
        expect(contents(left())).toEqual(contents([SSH, NEIGHBOUR]));
        const [followUp, ...more] = (await entry(id)).postRemovalGrants;
        expect(more).toEqual([]);
        expect(followUp).toMatchObject({ kind: 'restore', by: BOB, reason: 'the vendor needs it', refused: [] });
        expect(followUp?.granted.map(ruleKey)).toEqual(
          left()
            .filter((one) => one.tags)
            .map(ruleKey),
        );
        expect([heard(), (await exemptions.all()).length, granted.length]).toEqual([[`${id} restore 1`], 1, 1]);
      },
    });
    expect(calls).toBeGreaterThanOrEqual(9);
  });

  it('is as the policy says under the account’s mode: what is only observed is restored', async () => {
    const { id, grantCell, left } = await closed();
    await restore(restoring(id), { ...grantCell, policy: { ...GUARD, ceiling: 'observe' } });
    expect(left()).toHaveLength(2);
  });
});
