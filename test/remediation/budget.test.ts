import { describe, expect, it } from 'vitest';
import type { Change } from '../../shared/domain/change.ts';
import type { ControlOptions } from '../../shared/domain/control-options.ts';
import type { Rule } from '../../shared/domain/group.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { canonicalKey } from '../../shared/network/rule-key.ts';
import { approvedChange } from '../../shared/remediation/plan.ts';
import { cell, change, GUARD, group, rule } from './cell.ts';

const WORLD = '0.0.0.0/0';
const HOUR = 3_600_000;

const EXISTING: ControlOptions['existing'] = 'enforce';

function policyOf(removalsPerHour: number, existing: ControlOptions['existing'] = EXISTING): Policy {
  return {
    ...GUARD,
    budget: { ...GUARD.budget, removalsPerHour },
    controls: Object.fromEntries(
      Object.entries(GUARD.controls).map(([id, options]) => [
        id,
        id === 'world-open-admin' ? { ...options, existing } : options,
      ]),
    ),
  };
}

function ids(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `sg-0000000000000001${index}`);
}

function openGroup(id: string) {
  return group([{ ...rule('tcp', 22, WORLD), groupId: id }], { id });
}

function sweepOf(id: string): Change {
  return change([], {
    id: `sweep ${id}`,
    call: 'Sweep',
    trigger: 'sweep',
    scope: { by: 'group-id', ids: [id] },
    added: { kind: 'unknown' },
  });
}

function opening(one: Rule): Change {
  return change([one], { id: `open ${one.id}`, scope: { by: 'group-id', ids: [one.groupId] } });
}

describe('the budget', () => {
  it('holds what was there before once it is spent, and tells of it once', async () => {
    const groups = ids(5);
    const { run, told, ec2, ledger } = cell(groups.map(openGroup));
    for (const id of groups) await run(sweepOf(id), { policy: policyOf(2) });
    expect(ec2.groups.map(({ rules }) => rules.length)).toEqual([0, 0, 1, 1, 1]);
    expect(told.map(({ status }) => status)).toEqual(['done', 'done', 'held']);
    expect(await ledger.waiting('held')).toHaveLength(3);
  });

  it('never counts and never holds what a change brought, even while it is spent', async () => {
    const [first = '', second = '', ...others] = ids(8);
    const { run, told, ec2 } = cell([first, second, ...others].map(openGroup));
    const policy = policyOf(1);
    for (const id of others) await run(opening(ec2.groups.find((one) => one.id === id)!.rules[0]!), { policy });
    await run(sweepOf(first), { policy });
    await run(sweepOf(second), { policy });
    expect(told.map(({ status }) => status)).toEqual([...others.map(() => 'done'), 'done', 'held']);
    const late = { ...rule('tcp', 3389, WORLD), groupId: first };
    ec2.put(group([late], { id: first }));
    await run(opening(late), { policy });
    expect(told.at(-1)).toMatchObject({ status: 'done', removed: [late] });
  });

  it('holds old rules of a group and closes the fresh one beside them', async () => {
    const old = rule('tcp', 22, WORLD);
    const fresh = rule('tcp', 3389, WORLD);
    const { run, left, told } = cell([openGroup('sg-00000000000000010'), group([old, fresh])]);
    const policy = policyOf(1);
    await run(sweepOf('sg-00000000000000010'), { policy });
    await run(opening(fresh), { policy });
    expect(left()).toEqual([old]);
    expect(told.map(({ status, removed }) => [status, removed.length])).toContainEqual(['held', 0]);
    expect(told).toContainEqual(expect.objectContaining({ status: 'done', removed: [fresh] }));
  });

  it('cannot be used up by decoys: a hundred openings leave it whole', async () => {
    const { run, told, ec2 } = cell([openGroup('sg-00000000000000010'), group([])]);
    const policy = policyOf(1);
    for (let time = 0; time < 100; time += 1) {
      const decoy = rule('tcp', 22, WORLD);
      ec2.put(group([decoy]));
      await run(opening(decoy), { policy });
    }
    await run(sweepOf('sg-00000000000000010'), { policy });
    expect(told.at(-1)).toMatchObject({ status: 'done', removed: [{ groupId: 'sg-00000000000000010' }] });
  });

  it('counts an hour, and a plan once however often it is tried', async () => {
    const [first = '', second = '', third = ''] = ids(3);
    const { run, ec2, clock } = cell([first, second, third].map(openGroup));
    const policy = policyOf(2);
    await run(sweepOf(first), { policy });
    await run(sweepOf(first), { policy });
    await run(sweepOf(second), { policy });
    clock.at += HOUR;
    await run(sweepOf(third), { policy });
    expect(ec2.groups.map(({ rules }) => rules.length)).toEqual([0, 0, 0]);
  });

  it('lets a held plan go when a person says so, decided anew on what is there then', async () => {
    const [first = '', second = ''] = ids(2);
    const { run, told, ec2, ledger, clock } = cell([first, second].map(openGroup));
    const policy = policyOf(1);
    await run(sweepOf(first), { policy });
    await run(sweepOf(second), { policy });
    const [held] = await ledger.waiting('held');
    const by = { name: 'eve', through: 'command-line' } as const;
    await ledger.recordAnswer(held!, { verdict: 'released', by, reason: 'go on', at: clock.at });
    const released = await approvedChange({ groupId: second, planId: held!.plan.id }, ledger);
    await run(released!, { policy, owner: 'invocation-2' });
    expect(ec2.groups.map(({ rules }) => rules.length)).toEqual([0, 0]);
    expect(told.at(-1)).toMatchObject({ status: 'done', plan: { approved: { by, reason: 'go on' } } });
  });

  it('goes on holding what the person did not see, beside what they let go', async () => {
    const [first = '', second = ''] = ids(2);
    const { run, ec2, ledger, clock, records } = cell([first, second].map(openGroup));
    const policy = policyOf(1);
    await run(sweepOf(first), { policy });
    await run(sweepOf(second), { policy });
    const [held] = await ledger.waiting('held');
    const by = { name: 'eve', through: 'command-line' } as const;
    await ledger.recordAnswer(held!, { verdict: 'released', by, reason: 'go on', at: clock.at });
    const later = { ...rule('tcp', 3389, WORLD), groupId: second };
    ec2.put(group([...held!.plan.decision.rules, later], { id: second }));
    await records.change(second, { add: [canonicalKey(later)] });
    const released = await approvedChange({ groupId: second, planId: held!.plan.id }, ledger);
    await run(released!, { policy, owner: 'invocation-2' });
    expect(ec2.groups.find(({ id }) => id === second)?.rules).toEqual([later]);
    expect((await ledger.waiting('held')).map(({ plan }) => plan.decision.rules)).toEqual([[later]]);
  });
});

describe('a plan that waits for a person', () => {
  const ssh = rule('tcp', 22, WORLD);
  const rdp = rule('tcp', 3389, WORLD);
  const policy = policyOf(20, 'approve');
  const by = { name: 'eve', through: 'command-line' } as const;

  const pending = async () => {
    const one = cell([group([ssh, rdp])]);
    await one.run(sweepOf('sg-00000000000000001'), { policy });
    const [entry] = await one.ledger.waiting('pending');
    const release = async () => {
      await one.ledger.recordAnswer(entry!, { verdict: 'released', by, reason: 'yes', at: one.clock.at });
      return await approvedChange({ groupId: 'sg-00000000000000001', planId: entry!.plan.id }, one.ledger);
    };
    return { ...one, entry: entry!, release };
  };

  it('touches nothing until then, and is carried out once they say so', async () => {
    const { run, left, told, release } = await pending();
    expect(left()).toEqual([ssh, rdp]);
    await run((await release())!, { policy });
    expect(left()).toEqual([]);
    expect(told.map(({ status }) => status)).toEqual(['pending', 'done']);
  });

  it('leaves alone what was changed and recorded since: it is asked about anew', async () => {
    const { run, left, ec2, release, records } = await pending();
    const wider: Rule = { ...rdp, toPort: 3390 };
    const later = rule('tcp', 23, WORLD);
    ec2.put(group([ssh, wider, later]));
    await records.change('sg-00000000000000001', { add: [wider, later].map(canonicalKey) });
    await run((await release())!, { policy });
    expect(left()).toEqual([wider, later]);
  });

  it('is carried out beside what nobody has recorded since: that is new, and goes as such', async () => {
    const { run, left, ec2, release, told } = await pending();
    const later = rule('tcp', 23, WORLD);
    ec2.put(group([ssh, rdp, later]));
    await run((await release())!, { policy });
    expect(left()).toEqual([]);
    const removals = told.slice(1).map(({ plan, removed }) => ({ released: plan.approved?.by, removed }));
    expect(removals).toContainEqual({ released: by, removed: [ssh, rdp] });
    expect(removals).toContainEqual({ released: undefined, removed: [later] });
  });

  it('is not carried out on the word of a pointer: the ledger has to have it as released', async () => {
    const { entry, ledger, clock } = await pending();
    const at = { groupId: 'sg-00000000000000001', planId: entry.plan.id };
    expect(await approvedChange(at, ledger)).toBeUndefined();
    await ledger.recordAnswer(entry, { verdict: 'declined', by, reason: 'no', at: clock.at });
    await ledger.recordAnswer(entry, { verdict: 'released', by, reason: 'yes', at: clock.at });
    expect(await approvedChange(at, ledger)).toBeUndefined();
  });

  it('is still held down by the runtime switch', async () => {
    const { run, left, ports, release } = await pending();
    await run((await release())!, { policy, ports: { ...ports, runtimeSwitch: { ceiling: async () => 'alert' } } });
    expect(left()).toEqual([ssh, rdp]);
  });
});

/** The budget is spent, and the try at a second group's rule died half an hour ago, before it was held. */
async function broken() {
  const [first = '', second = ''] = ids(2);
  const one = cell([openGroup(first), openGroup(second)]);
  const policy = policyOf(1);
  await one.run(sweepOf(first), { policy });
  const take = async () => await Promise.reject(new Error('killed'));
  await expect(one.run(sweepOf(second), { policy, ports: { budget: { spend: take } } })).rejects.toThrow('killed');
  one.clock.at += HOUR / 2;
  return { ...one, policy, second };
}

describe('a rule that the budget holds', () => {
  it('is closed at once when a change brings it anew: narrowed by its owner, and widened again by somebody', async () => {
    const [first = '', second = ''] = ids(2);
    const { run, told, ec2 } = cell([openGroup(first), openGroup(second)]);
    const policy = policyOf(1);
    await run(sweepOf(first), { policy });
    await run(sweepOf(second), { policy });
    const held = ec2.groups.find(({ id }) => id === second)!.rules[0]!;
    await run(
      change([], {
        id: 'widened',
        call: 'ModifySecurityGroupRules',
        trigger: 'rules-modified',
        scope: { by: 'group-id', ids: [second] },
        added: { kind: 'rules', ids: [held.id!], contents: [], becoming: [{ id: held.id!, content: held }] },
      }),
      { policy },
    );
    expect(ec2.groups.map(({ rules }) => rules.length)).toEqual([0, 0]);
    expect(told.map(({ status }) => status)).toEqual(['done', 'held', 'done']);
  });

  it('is closed at once, too, when the try at it died before it was held', async () => {
    const { run, ec2, ports, policy, second } = await broken();
    const held = ec2.groups.find(({ id }) => id === second)!.rules[0]!;
    await run(opening(held), { policy, owner: 'another', ports });
    expect(ec2.groups.map(({ rules }) => rules.length)).toEqual([0, 0]);
  });
});

describe('a try at old rules that broke off', () => {
  it('does not put them out of the budget: beside a fresh rule they are still old', async () => {
    const { run, ec2, ports, policy, second } = await broken();
    const old = ec2.groups.find(({ id }) => id === second)!.rules[0]!;
    const fresh = { ...rule('tcp', 3389, WORLD), groupId: second };
    ec2.put(group([old, fresh], { id: second }));
    await run(opening(fresh), { policy, owner: 'another', ports });
    expect(ec2.groups.find(({ id }) => id === second)?.rules).toEqual([old]);
  });
});
