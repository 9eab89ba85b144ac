import { describe, expect, it } from 'vitest';
import type { PrefixListState } from '../../shared/domain/ec2.ts';
import { FactUnread } from '../../shared/domain/errors.ts';
import type { Rule } from '../../shared/domain/group.ts';
import type { RemediationPorts } from '../../shared/domain/ports.ts';
import { emailText } from '../../shared/notifications/channels/email.ts';
import { outcomeMessage } from '../../shared/notifications/compose/message.ts';
import { PLACE } from '../notifications/compose/samples.ts';
import { cell, change, GUARD, group, rule } from './cell.ts';

const LIST = 'pl-00000000000000001';
const SECOND = 'sg-00000000000000002';
const WORLD = ['192.0.2.0/24', '0.0.0.0/0'];

/** A rule that names the list, whose entries these are; without any they could not be read. */
function naming(port: number, cidrs?: readonly string[], more: Partial<Rule> = {}): Rule {
  return {
    ...rule('tcp', port, '192.0.2.0/24'),
    source: { kind: 'prefix-list', id: LIST, ...(cidrs && { cidrs }) },
    ...more,
  };
}

/** Entries were added to the list, which was at this version. */
function listChanged(version?: number, id = 'event-1') {
  return change([], {
    id,
    call: 'ModifyManagedPrefixList',
    trigger: 'prefix-list-changed',
    scope: { by: 'prefix-list', ids: [LIST] },
    added: { kind: 'prefix-list', id: LIST, ...(version !== undefined && { version }) },
  });
}

/** EC2 states the list so, one state for each look and the last for all that follow. */
function stating(ports: RemediationPorts, states: readonly PrefixListState[]): RemediationPorts['groups'] {
  let looks = 0;
  return {
    ...ports.groups,
    fetchSnapshot: async (...args) => {
      const state = states[Math.min(looks, states.length - 1)];
      looks += 1;
      return { ...(await ports.groups.fetchSnapshot(...args)), prefixLists: state === undefined ? [] : [state] };
    },
  };
}

describe('a prefix list that the world was added to', () => {
  const poisoned = () => [
    group([naming(22, WORLD), rule('tcp', 443, '0.0.0.0/0')]),
    group([naming(5432, WORLD, { groupId: SECOND })], { id: SECOND, name: 'data' }),
    group([rule('tcp', 22, '10.0.0.0/8')], { id: 'sg-00000000000000003', name: 'other' }),
  ];

  it('asks about every group that names it, with the version to go back to, and revokes nothing', async () => {
    const { run, told, left, calls } = cell(poisoned());
    const before = left();
    const outcomes = await run(listChanged(3));
    expect(outcomes.map(({ status, plan }) => [status, plan.decision.group.name])).toEqual([
      ['pending', 'web'],
      ['pending', 'data'],
    ]);
    expect(left()).toEqual(before);
    expect(calls).toEqual(['look']);
    for (const outcome of told) {
      expect(outcome.plan.decision).toMatchObject({ mode: 'approve', findings: [{ freshness: 'fresh' }] });
      const text = emailText(outcomeMessage(outcome, PLACE));
      expect(text).toContain(`going back to version 3 of ${LIST} takes it back`);
      expect(text).toContain('revoking every rule that names the list would cut off what else it admits');
    }
  });

  it('says which version it means where the event does not tell', async () => {
    const { run, told } = cell(poisoned());
    await run(listChanged());
    expect(told[0]?.plan.decision.limits[0]?.reason).toContain(`the version of ${LIST} before it`);
  });

  it('is told once for each change, and again when it happens again', async () => {
    const { run, told } = cell(poisoned());
    await run(listChanged(3));
    await run(listChanged(3), { owner: 'invocation-2' });
    expect(told).toHaveLength(2);
    await run(listChanged(5, 'event-2'), { owner: 'invocation-3' });
    expect(told).toHaveLength(4);
  });

  it('goes no further than the lower limit of the tags of its group', async () => {
    const { run, told } = cell([group([naming(22, WORLD)], { tags: { stage: 'lab' } })]);
    await run(listChanged(3), { policy: { ...GUARD, tagCeilings: [{ tags: { stage: 'lab' }, mode: 'alert' }] } });
    expect(told).toMatchObject([{ status: 'reported', plan: { decision: { mode: 'alert' } } }]);
  });

  it('leaves an old opening beside it at the mode of old ones', async () => {
    const old = rule('tcp', 3389, '0.0.0.0/0');
    const { run, told } = cell([group([naming(22, WORLD), old])]);
    await run(listChanged(3));
    expect(told.map(({ status, plan }) => [status, plan.decision.rules.map(({ fromPort }) => fromPort)])).toEqual([
      ['pending', [22]],
      ['reported', [3389]],
    ]);
  });

  it('completes an opening of which other rules hold the rest: it is the list that is asked about', async () => {
    const half = rule('tcp', 22, '96.0.0.0/9');
    const { run, told } = cell([group([half, naming(22, ['96.128.0.0/9'])])]);
    await run(listChanged(3));
    expect(told).toMatchObject([
      { status: 'pending', plan: { decision: { rules: [{ source: { kind: 'prefix-list' } }] } } },
    ]);
  });
});

describe('a prefix list that was the world already', () => {
  const at = (before?: readonly string[]): PrefixListState => ({
    id: LIST,
    state: 'modify-complete',
    version: 4,
    ...(before && { previousEntries: before }),
  });

  it('is not said to be opened by one entry more: its rules were open before, and are told once', async () => {
    const { run, ports, told, left } = cell([group([naming(22, WORLD)])]);
    const more = { ports: { groups: stating(ports, [at(['203.0.113.0/24', '0.0.0.0/0'])]) } };
    await run(listChanged(3), more);
    await run(listChanged(3, 'event-2'), { ...more, owner: 'invocation-2' });
    expect(left()).toHaveLength(1);
    expect(told).toMatchObject([{ status: 'reported', plan: { decision: { findings: [{ freshness: 'existing' }] } } }]);
  });

  it.each([
    ['held less', ['203.0.113.0/24', '10.0.0.0/8']],
    ['held nothing', []],
    ['could not be read', undefined],
  ])('is another case than one whose version before %s', async (_, before) => {
    const { run, ports, told } = cell([group([naming(22, WORLD)])]);
    await run(listChanged(3), { ports: { groups: stating(ports, [at(before)]) } });
    expect(told).toMatchObject([{ status: 'pending' }]);
  });
});

describe('a prefix list that changes without harm', () => {
  it.each([
    ['small entries', ['192.0.2.0/24', '198.51.100.0/24']],
    ['no entries', []],
  ])('leaves people alone: %s', async (_, cidrs) => {
    const { run, told, clock } = cell([group([naming(22, cidrs)])]);
    expect(await run(listChanged(3))).toEqual([]);
    expect([told, clock.slept]).toEqual([[], []]);
  });

  it('and is named by no group needs no second look', async () => {
    const { run, calls, clock } = cell([]);
    await run(listChanged(3));
    expect([calls, clock.slept]).toEqual([['look'], []]);
  });
});

describe('a single new reference to a list that holds the world', () => {
  it('is closed as fresh; an older one to the same list stays', async () => {
    const [old, fresh] = [naming(5432, WORLD), naming(22, WORLD)];
    const { run, left, told } = cell([group([old, fresh])]);
    await run(change([fresh]));
    expect(left()).toEqual([old]);
    expect(told.map(({ status }) => status).toSorted()).toEqual(['done', 'reported']);
  });
});

describe('a list that is being changed', () => {
  const at = (state: string, version: number): PrefixListState => ({ id: LIST, state, version });

  it('is looked at again until it is complete, and then judged', async () => {
    const { run, ports, clock, told } = cell([group([naming(22, WORLD)])]);
    const states = [at('modify-in-progress', 3), at('modify-in-progress', 3), at('modify-complete', 4)];
    await run(listChanged(3), { ports: { groups: stating(ports, states) } });
    expect(clock.slept).toEqual([250, 500]);
    expect(told).toMatchObject([{ status: 'pending' }]);
  });

  it('is looked at again while it is at the version before the change, though nothing is in progress', async () => {
    const { run, ports, clock } = cell([group([naming(22, WORLD)])]);
    const states = [at('modify-complete', 3), at('modify-complete', 4)];
    await run(listChanged(3), { ports: { groups: stating(ports, states) } });
    expect(clock.slept).toEqual([250]);
  });

  it('counts as unread in the end: nothing is concluded from its old entries, others are closed, the event is retried', async () => {
    const bad = rule('tcp', 3389, '0.0.0.0/0');
    const list = naming(22, WORLD);
    const { run, ports, clock, told, left } = cell([group([list, bad])]);
    const groups = stating(ports, [at('restore-in-progress', 3)]);
    await expect(run(change([list, bad]), { ports: { groups } })).rejects.toMatchObject({
      retryable: true,
      causes: [expect.any(FactUnread)],
      message: expect.stringContaining(`entries of prefix list ${LIST}: the list is restore-in-progress`),
    });
    expect(clock.slept).toEqual([250, 500, 1000, 2000, 4000, 8000]);
    expect(left()).toEqual([list]);
    expect(told.map(({ plan }) => plan.decision.rules)).toEqual([[bad]]);
  });

  it('that failed to change is judged by what it holds, after a while at the old version', async () => {
    const { run, ports, told } = cell([group([naming(22, WORLD)])]);
    await run(listChanged(3), { ports: { groups: stating(ports, [at('modify-failed', 3)]) } });
    expect(told).toMatchObject([{ status: 'pending' }]);
  });

  it('and another one that is complete are told apart', async () => {
    const other = { ...naming(22, WORLD), source: { kind: 'prefix-list', id: 'pl-2', cidrs: WORLD } } as const;
    const list = naming(5432, WORLD);
    const { run, ports, left } = cell([group([list, other])]);
    const groups = stating(ports, [at('modify-in-progress', 3)]);
    await expect(run(change([list, other]), { ports: { groups } })).rejects.toThrow(LIST);
    expect(left()).toEqual([list]);
  });
});

describe('a list whose entries cannot be read', () => {
  it('is nothing to conclude from, whoever it belongs to; the rules beside it are closed', async () => {
    const [list, bad] = [naming(22), rule('tcp', 3389, '0.0.0.0/0')];
    const { run, ports, left } = cell([group([list, bad])]);
    const look: RemediationPorts['groups']['fetchSnapshot'] = async (...args) => ({
      ...(await ports.groups.fetchSnapshot(...args)),
      unread: [new FactUnread(`entries of prefix list ${LIST}`, 'UnauthorizedOperation')],
    });
    await expect(
      run(change([list, bad]), { ports: { groups: { ...ports.groups, fetchSnapshot: look } } }),
    ).rejects.toThrow(`unread: entries of prefix list ${LIST}`);
    expect(left()).toEqual([list]);
  });
});

describe('leave for a rule that names a list', () => {
  const leave = (content: string, groupId: string) => ({
    id: 'x-1',
    scope: { groupId, content },
    by: { name: 'carol', through: 'command-line' } as const,
    reason: 'the vendor moves',
    owner: 'team-web',
    at: 0,
    until: 9e15,
  });

  it('is none for the world that the list is made later, and stands where it was that before', async () => {
    const open = naming(22, WORLD);
    const { run, told, ports } = cell([group([open])]);
    await ports.exemptions.put(leave(`ingress tcp 22 22 ${LIST}`, open.groupId));
    const before = (cidrs: readonly string[]): RemediationPorts['groups'] =>
      stating(ports, [{ id: LIST, state: 'modify-complete', version: 4, previousEntries: cidrs }]);
    await run(listChanged(3), { ports: { groups: before(['0.0.0.0/0']) } });
    expect(told).toEqual([]);
    await run(listChanged(3, 'event-2'), { ports: { groups: before(['192.0.2.0/24']) } });
    expect(told).toMatchObject([{ status: 'pending', plan: { decision: { rules: [open] } } }]);
  });
});
