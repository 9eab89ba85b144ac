import { describe, expect, it } from 'vitest';
import { canaryGroup, markerRule } from '../../../shared/domain/canary.ts';
import type { Mode } from '../../../shared/domain/control-options.ts';
import type { SweepRequest } from '../../../shared/domain/invocations.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import { sweep } from '../../../shared/workflows/sweep/sweep.ts';
import { GUARD, rule } from '../../remediation/cell.ts';
import { narrowing } from '../grants/world.ts';
import { groupNo, SWEEP, swept, throttled, UNLIMITED } from './world.ts';

function closing(existing: Mode, more: Partial<Policy> = {}): Policy {
  return narrowing({ 'world-open-admin': { existing } }, { ...UNLIMITED, ...more });
}

function ssh() {
  return rule('tcp', 22, '0.0.0.0/0');
}
function own() {
  return rule('tcp', 22, '10.0.0.0/24');
}

function some(count: number, open: number) {
  return Array.from({ length: count }, (_, index) => groupNo(index + 1, index < open ? [ssh(), own()] : [own()]));
}

describe('a sweep', () => {
  it('closes what no event told, and every remediation is told once, however often it sweeps', async () => {
    const account = swept(some(50, 5), closing('enforce'));
    for (let round = 0; round < 3; round += 1) {
      expect(await account.sweep()).toEqual({ groups: 50, concerns: round === 0 ? 5 : 0, goesOn: false });
      await account.lookAtAll();
    }
    expect(account.told.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'done'));
    expect(account.left()).toHaveLength(50);
  });

  it.each(['alert', 'approve'] as const)('tells of what is open (%s) once, however often it sweeps', async (mode) => {
    const account = swept(some(20, 2), closing(mode));
    for (let round = 0; round < 3; round += 1) {
      await account.sweep();
      await account.lookAtAll();
    }
    expect(account.told).toHaveLength(2);
    expect(account.left()).toHaveLength(22);
  });

  it('says nothing of what an event has closed already', async () => {
    const account = swept(some(3, 3), closing('enforce'));
    await account.sweep();
    await account.lookAtAll();
    const told = account.told.length;
    await account.sweep();
    await account.lookAtAll();
    expect([told, account.told.length]).toEqual([3, 3]);
  });

  it('has nobody look at groups that are only observed, or exempt', async () => {
    const exempt = { reason: 'r', owner: 'o', by: { name: 'b', through: 'policy' as const }, at: 0, until: 4e12 };
    const account = swept(
      some(3, 3),
      closing('enforce', { exemptions: [{ id: 'e', scope: { groupName: 'service-*' }, ...exempt }] }),
    );
    expect(await account.sweep()).toMatchObject({ concerns: 0 });
    expect(await swept(some(3, 3), closing('observe')).sweep()).toMatchObject({ concerns: 0 });
  });

  it('leaves the groups of other accounts to their cells', async () => {
    const shared = groupNo(1, [ssh()], { ownerId: '444455556666' });
    for (const doubtful of [[], [shared.id]]) {
      const account = swept([shared], closing('enforce'), { doubtful });
      expect(await account.sweep()).toEqual({ groups: 0, concerns: 0, goesOn: false });
    }
  });

  it('has groups looked at that cannot be judged by their page', async () => {
    const account = swept([], closing('enforce'), { doubtful: ['sg-00000000000000009'] });
    await account.sweep();
    expect(account.looks).toEqual([{ ids: ['sg-00000000000000009'] }]);
  });
});

describe('facts that a page does not tell', () => {
  const wholeVpc = (sweepShare: number): Policy =>
    narrowing({ 'wide-source': { existing: 'enforce' } }, { budget: { removalsPerHour: 100, sweepShare } });
  const VPC = new Map([['vpc-00000000000000001', ['10.0.0.0/24']]]);

  it('count towards the share that a sweep may close: past it, everything waits for a person', async () => {
    const account = swept(some(10, 0), wholeVpc(0.5), { cidrs: async () => VPC });
    await account.sweep();
    expect(account.news).toMatchObject([{ what: 'sweep-held', groups: 10, closing: 10 }]);
    expect(account.looks).toMatchObject([{ limit: 'hold' }]);
  });

  it('are read once where they can be, so that what is no violation is not looked at', async () => {
    const account = swept(some(10, 0), wholeVpc(0.5), {
      cidrs: async () => new Map([['vpc-00000000000000001', ['10.0.0.0/16']]]),
    });
    expect(await account.sweep()).toMatchObject({ concerns: 0 });
  });

  it('are taken for the worst where they cannot be read, and the sweep is tried again', async () => {
    const account = swept(some(10, 0), wholeVpc(0.5), { cidrs: async () => await Promise.reject(throttled()) });
    await expect(account.sweep()).rejects.toThrow('slow down');
    expect(account.looks).toMatchObject([{ limit: 'hold' }]);
  });

  it('make no default group with rules vanish', async () => {
    const account = swept([groupNo(1, [own()], { name: 'default' }), groupNo(2, [own()])], { ...GUARD, ...UNLIMITED });
    await account.sweep();
    expect(account.looks).toEqual([{ ids: [groupNo(1, []).id] }]);
    await account.lookAtAll();
    expect(account.told.map(({ status }) => status)).toEqual(['pending']);
  });

  it('send every group to on-change where a control needs one that nothing can be assumed of', async () => {
    const account = swept(some(3, 0), narrowing({ 'duplicate-group': { existing: 'alert' } }, UNLIMITED));
    expect(await account.sweep()).toMatchObject({ concerns: 3 });
  });
});

describe('the share of a sweep', () => {
  const tenth = { budget: { removalsPerHour: 1000, sweepShare: 0.1 } };

  it('lets as many groups be closed in as the policy says', async () => {
    const account = swept(some(20, 2), closing('enforce', tenth));
    await account.sweep();
    await account.lookAtAll();
    expect([account.news.length, account.left().length]).toEqual([0, 20]);
  });

  it('past that holds all of it, in one message, until a person lets it go on', async () => {
    const account = swept(some(20, 3), closing('enforce', tenth));
    for (let round = 0; round < 3; round += 1) {
      await account.sweep();
      await account.lookAtAll();
    }
    expect(account.left()).toHaveLength(23);
    expect(account.told).toEqual([]);
    expect(account.news).toEqual([expect.objectContaining({ what: 'sweep-held', groups: 20, closing: 3 })]);
    expect(await account.ledger.waiting('held')).toHaveLength(3);
  });

  it('never holds what a change brings', async () => {
    const account = swept(some(20, 3), closing('enforce', tenth));
    await account.sweep();
    await account.lookAtAll();
    const [open] = account.left();
    await account.run({
      id: 'event-9',
      call: 'AuthorizeSecurityGroupIngress',
      trigger: 'rules-added',
      scope: { by: 'group-id', ids: [open?.groupId ?? ''] },
      added: { kind: 'rules', ids: [open?.id ?? ''], contents: [] },
      at: account.clock.at,
      account: '111122223333',
      region: 'eu-west-1',
    });
    expect(account.left()).not.toContainEqual(open);
  });

  it('is of all parts of a region together, and of each', async () => {
    const policy = closing('enforce', tenth);
    const account = swept(some(20, 2), policy, { pageSize: 10, remainingMs: () => 0 });
    await account.sweep();
    expect(account.looks).toEqual([{ ids: expect.any(Array), limit: 'hold' }]);
    const share = { groups: 80, closing: 9 };
    const [request] = account.requests;
    if (request?.rest === undefined) throw new Error('nothing goes on');
    const last = swept(some(20, 1), policy);
    await last.sweep({ ...request, rest: { regions: ['eu-west-1'], tally: request.rest.tally, share } });
    expect(last.looks).toEqual([expect.not.objectContaining({ limit: 'hold' })]);
  });
});

describe('a canary that was left standing', () => {
  const nest = groupNo(2, [{ ...rule('tcp', 9, '192.0.2.0/24'), ...markerRule(0) }], { ...canaryGroup('Portcullis') });

  it('is closed, and is no part of what a sweep is held by, nor of the digest', async () => {
    const policy = closing('enforce', { budget: { removalsPerHour: 0, sweepShare: 0 } });
    const account = swept([groupNo(1, [own()]), nest], policy);
    expect(await account.sweep({ ...SWEEP, digest: true })).toMatchObject({ concerns: 1 });
    expect(account.looks).toEqual([{ ids: [nest.id] }]);
    expect(account.news).toMatchObject([{ what: 'digest', tally: { groups: 2, closing: 0, lines: [], worst: [] } }]);
    await account.lookAtAll();
    expect(account.left()).toHaveLength(1);
    expect(account.told).toEqual([]);
  });
});

describe('the digest of a sweep', () => {
  const digests = async (account: ReturnType<typeof swept>, at: number, accountId?: string) => {
    account.clock.at = at;
    account.news.length = 0;
    await sweep(
      { ...SWEEP, digest: true },
      { ...account.cell, ...(accountId !== undefined && { account: accountId }) },
    );
    return account.news.map(({ id }) => id);
  };
  const MORNING = Date.parse('2026-01-02T06:17:00Z');
  const DAY_MS = 86_400_000;

  it('has one id for each day, however often it is told on that day', async () => {
    const account = swept(some(3, 1), closing('enforce'));
    const days = [0, 1, 31, 365].map((day) => MORNING + day * DAY_MS);
    const first: (readonly string[])[] = [];
    for (const at of days) {
      const ids = await digests(account, at);
      expect(await digests(account, at + 10 * 60_000)).toEqual(ids);
      first.push(ids);
    }
    expect(first.map(({ length }) => length)).toEqual([1, 1, 1, 1]);
    expect(new Set(first.flat()).size).toBe(4);
  });

  it('has one id from midnight to midnight UTC', async () => {
    const account = swept(some(3, 1), closing('enforce'));
    const midnight = Date.parse('2026-01-03T00:00:00Z');
    const before = await digests(account, midnight - 1);
    const after = await digests(account, midnight);
    expect(before).not.toEqual(after);
    expect(await digests(account, MORNING)).toEqual(before);
    expect(await digests(account, midnight + DAY_MS - 1)).toEqual(after);
  });

  it('has another id in another account', async () => {
    const account = swept(some(3, 1), closing('enforce'));
    expect(await digests(account, MORNING, '444455556666')).not.toEqual(await digests(account, MORNING));
  });
});

describe('a sweep that does not get through', () => {
  it('goes on in another invocation where it stopped, and every group is seen once', async () => {
    const account = swept(some(45, 3), closing('enforce'), { pageSize: 10, remainingMs: () => 0 });
    await account.sweep({ ...SWEEP, digest: true });
    for (let request = account.requests.shift(); request !== undefined; request = account.requests.shift()) {
      await account.sweep(request);
    }
    await account.lookAtAll();
    expect([account.pages.length, account.told.length]).toEqual([5, 3]);
    expect(account.news).toEqual([
      expect.objectContaining({ what: 'digest', tally: expect.objectContaining({ groups: 45, closing: 3 }) }),
    ]);
  });

  it('asks for a page again, and leaves EC2 time between pages', async () => {
    const account = swept(some(30, 1), closing('enforce'), {
      pageSize: 10,
      faults: { 2: throttled(), 3: throttled() },
    });
    expect(await account.sweep()).toMatchObject({ groups: 30, concerns: 1 });
    expect(account.pages.map((at) => at - (account.pages[0] ?? 0))).toEqual([0, 50, 1050, 5050, 5050]);
  });

  it('deals with what it has found, and then fails with what it could not read', async () => {
    const denied = new Error('denied');
    const account = swept(some(30, 1), closing('enforce'), { pageSize: 10, faults: { 2: denied } });
    await expect(account.sweep()).rejects.toMatchObject({ name: 'Unfinished', causes: [denied] });
    expect(account.looks).toHaveLength(1);
  });

  it('hands on what it could not read, so that no try of it has the rest swept again, and fails in the end', async () => {
    const account = swept(some(30, 1), closing('enforce'), {
      pageSize: 10,
      regions: ['eu-west-1', 'us-east-1'],
      remainingMs: () => 0,
      faults: { 2: new Error('denied') },
    });
    const given: SweepRequest[] = [];
    const invoke = async (request: SweepRequest, tries = 3): Promise<unknown> =>
      await account
        .sweep(request)
        .catch(async () => await (tries > 1 ? invoke(request, tries - 1) : given.push(request)));
    await invoke({ ...SWEEP, digest: true });
    for (let request = account.requests.shift(); request !== undefined; request = account.requests.shift()) {
      await invoke(request);
    }
    expect(account.pages).toHaveLength(5);
    expect(account.news).toEqual([expect.objectContaining({ what: 'digest' })]);
    expect(given).toMatchObject([{ digest: false, rest: { regions: [], faults: ['denied'] } }]);
    await expect(account.sweep(given[0])).rejects.toThrow('denied');
  });

  it('goes on in another invocation where time runs short between two regions', async () => {
    const account = swept(some(3, 1), closing('enforce'), {
      regions: ['eu-west-1', 'us-east-1'],
      remainingMs: () => 0,
    });
    expect(await account.sweep()).toEqual({ groups: 3, concerns: 1, goesOn: true });
    expect(account.requests).toMatchObject([{ rest: { regions: ['us-east-1'], share: { groups: 0, closing: 0 } } }]);
  });

  it('sweeps the other regions where one cannot be read', async () => {
    const account = swept(some(10, 1), closing('enforce'), {
      regions: ['eu-west-1', 'us-east-1'],
      faults: { 1: new Error('no such region') },
    });
    await expect(account.sweep()).rejects.toThrow('no such region');
    expect(account.looks).toHaveLength(1);
  });
});

describe('10,000 groups of 20 rules', () => {
  it('take ten pages, and the groups of concern go in requests of 100', async () => {
    const groups = Array.from({ length: 10_000 }, (_, index) =>
      groupNo(index + 1, [
        ...(index % 25 === 0 ? [ssh()] : []),
        ...Array.from({ length: index % 25 === 0 ? 19 : 20 }, (_each, nth) => rule('tcp', 1000 + nth, '10.0.0.0/24')),
      ]),
    );
    const account = swept(groups, closing('enforce'));
    expect(await account.sweep()).toEqual({ groups: 10_000, concerns: 400, goesOn: false });
    expect([account.pages.length, account.looks.length]).toEqual([10, 4]);
  });
});
