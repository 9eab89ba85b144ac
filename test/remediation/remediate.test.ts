import { describe, expect, it } from 'vitest';
import { CallFailed, FactUnread, Unfinished } from '../../shared/domain/errors.ts';
import { cell, change, GUARD, group, rule } from './cell.ts';

const WORLD = '0.0.0.0/0';

describe('a change that opens a port to the world', () => {
  it('loses exactly the rule that opens it; its neighbours stay', async () => {
    const bad = rule('tcp', 22, WORLD);
    const neighbours = [
      rule('tcp', 22, '10.0.0.0/8'),
      rule('tcp', 443, WORLD),
      rule('tcp', 22, 'sg-00000000000000002'),
    ];
    const { run, left, told } = cell([group([bad, ...neighbours])]);
    const outcomes = await run(change([bad, ...neighbours]));
    expect(left()).toEqual(neighbours);
    expect(outcomes).toMatchObject([{ status: 'done', removed: [bad], alreadyGone: [], changed: [] }]);
    expect(told).toEqual(outcomes);
  });

  it('is in the ledger, with every rule in full, before anything is removed', async () => {
    const bad = { ...rule('tcp', 22, WORLD), description: 'vendor', tags: { ticket: 'T-1' } };
    const { run, ledger, ports } = cell([group([bad])]);
    const found: unknown[] = [];
    const revoke: typeof ports.groups.revoke = async (step) => {
      found.push((await ledger.entries(step.groupId)).map(({ plan }) => plan.undo));
      return await ports.groups.revoke(step);
    };
    await run(change([bad]), { ports: { groups: { ...ports.groups, revoke } } });
    expect(found).toEqual([[[{ do: 'authorize', groupId: bad.groupId, direction: 'ingress', rules: [bad] }]]]);
  });

  it('costs one look and one revoke', async () => {
    const bad = rule('tcp', 6379, WORLD);
    const { run, calls } = cell([group([bad])]);
    await run(change([bad]));
    expect(calls).toEqual(['look', 'revoke ingress']);
  });

  it('is one decision with all its reasons where several controls name the rule', async () => {
    const bad = rule('-1', -1, WORLD);
    const { run } = cell([group([bad])]);
    const [outcome, ...more] = await run(change([bad]));
    expect(more).toEqual([]);
    expect(outcome?.plan.decision.findings.map(({ control }) => control).toSorted()).toEqual([
      'world-open-admin',
      'world-open-cache',
      'world-open-database',
      'world-open-everything',
    ]);
  });

  it('is left alone by the second delivery of the same event, and nobody is told twice', async () => {
    const bad = rule('tcp', 22, WORLD);
    const { run, told, calls } = cell([group([bad])]);
    await run(change([bad]));
    await run(change([bad]), { owner: 'invocation-2' });
    expect(told).toHaveLength(1);
    expect(calls.filter((call) => call.startsWith('revoke'))).toHaveLength(1);
  });

  it('leaves nothing that a second judgement would enforce', async () => {
    const fresh = [rule('tcp', 22, '0.0.0.0/1'), rule('tcp', 22, '128.0.0.0/1'), rule('tcp', [0, 65_535], '::/0')];
    const { run, journal, left } = cell([group(fresh)]);
    await run(change(fresh));
    await run(change(left(), { id: 'event-2' }));
    const decided = journal.flatMap((entry) => (entry.what === 'decided' ? [entry.decisions] : []));
    expect(decided.at(-1)).toEqual([]);
  });
});

describe('rules too large to be recorded in one piece', () => {
  it('are recorded and removed in several', async () => {
    const tags = (n: number) =>
      Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`${n}-${i}`.padEnd(128, 'k'), 'v'.repeat(256)]));
    const bad = Array.from({ length: 40 }, (_, i) => ({ ...rule('tcp', 22, `${i + 20}.0.0.0/8`), tags: tags(i) }));
    const { run, left, calls, ledger } = cell([group(bad)]);
    await run(change(bad));
    expect(left()).toEqual([]);
    expect(calls.filter((call) => call === 'revoke ingress').length).toBeGreaterThan(1);
    const sizes = (await ledger.entries('sg-00000000000000001')).map(
      ({ plan }) => JSON.stringify(plan.decision.rules).length,
    );
    expect(Math.max(...sizes)).toBeLessThan(400_000);
  });
});

describe('rules that were there before', () => {
  it('stay when a harmless rule is added beside them; people are told once', async () => {
    const old = rule('tcp', 22, WORLD);
    const harmless = rule('tcp', 22, '198.51.100.7/32');
    const { run, left, told } = cell([group([old, harmless])]);
    await run(change([harmless]));
    await run(change([harmless], { id: 'event-2' }), { owner: 'invocation-2' });
    expect(left()).toEqual([old, harmless]);
    expect(told).toMatchObject([
      { status: 'reported', plan: { decision: { mode: 'alert', rules: [old] }, steps: [] } },
    ]);
  });

  it('are not evicted by a change that completes an opening: the change goes', async () => {
    const old = rule('tcp', 5432, '96.0.0.0/9');
    const fresh = rule('tcp', 5432, '96.128.0.0/9');
    const { run, left } = cell([group([old, fresh])]);
    await run(change([fresh]));
    expect(left()).toEqual([old]);
  });
});

describe('a default group', () => {
  const rules = () => [rule('-1', -1, 'sg-00000000000000001'), rule('-1', -1, WORLD, 'egress')];
  const born = change([], {
    call: 'CreateVpc',
    trigger: 'vpc-created',
    scope: { by: 'default-group-of-vpc', vpcIds: ['vpc-00000000000000001'] },
    added: { kind: 'everything' },
  });
  const eni = { interfaceId: 'eni-00000000000000001', description: 'web', type: 'interface' };

  it('is stripped, both directions, when its VPC is new', async () => {
    const { run, left, calls } = cell([group(rules(), { name: 'default' })]);
    await run(born);
    expect(left()).toEqual([]);
    expect(calls.toSorted()).toEqual(['look', 'revoke egress', 'revoke ingress']);
  });

  it('keeps its rules while an interface uses it, and people are told why', async () => {
    const all = rules();
    const { run, left, told } = cell([group(all, { name: 'default' })], {
      attachments: { 'sg-00000000000000001': [eni] },
    });
    await run(born);
    expect(left()).toEqual(all);
    expect(told[0]?.plan.decision.limits[0]?.reason).toContain('in use');
  });

  it('loses a world-open rule even while in use, and only that', async () => {
    const all = rules();
    const bad = rule('tcp', 22, WORLD);
    const { run, left } = cell([group([...all, bad], { name: 'default' })], {
      attachments: { 'sg-00000000000000001': [eni] },
    });
    await run(change([bad]));
    expect(left()).toEqual(all);
  });

  it('waits for a person where its rules were there before', async () => {
    const all = rules();
    const bad = rule('tcp', 8080, '10.0.0.0/8');
    const { run, left, told } = cell([group([...all, bad], { name: 'default' })]);
    await run(change([bad]));
    expect(left()).toEqual(all);
    expect(told.map(({ status }) => status).toSorted()).toEqual(['done', 'pending']);
  });
});

describe('limits', () => {
  it.each(['alert', 'approve'] as const)(
    'the runtime switch at %s holds everything back and is named',
    async (ceiling) => {
      const bad = rule('tcp', 22, WORLD);
      const { run, left, told } = cell([group([bad])], { ceiling });
      await run(change([bad]));
      expect(left()).toEqual([bad]);
      expect(told[0]?.plan.decision.limits).toMatchObject([
        { mode: ceiling, reason: `the runtime switch is at ${ceiling}` },
      ]);
    },
  );

  it('at off, nothing is done and nobody is told', async () => {
    const bad = rule('tcp', 22, WORLD);
    const { run, left, told } = cell([group([bad])], { ceiling: 'off' });
    await run(change([bad]));
    expect([left(), told]).toEqual([[bad], []]);
  });

  it('in observe, decisions are journalled and nobody is told', async () => {
    const bad = rule('tcp', 22, WORLD);
    const { run, left, told, journal } = cell([group([bad])]);
    await run(change([bad]), { policy: { ...GUARD, ceiling: 'observe' } });
    expect([left(), told]).toEqual([[bad], []]);
    expect(
      journal.some((entry) => entry.what === 'decided' && entry.decisions.some(({ mode }) => mode === 'observe')),
    ).toBe(true);
  });

  it('groups that another account shares are left to it, and the log says so', async () => {
    const bad = rule('tcp', 22, WORLD);
    for (const event of [change([bad]), change([bad], { added: { kind: 'unknown' }, trigger: 'sweep' })]) {
      const { run, left, told, journal } = cell([group([bad], { ownerId: '444455556666' })]);
      await run(event);
      expect([left(), told]).toEqual([[bad], []]);
      expect(journal).toContainEqual({
        what: 'not-decided',
        reason: 'foreign-group',
        details: [expect.stringContaining('belongs to account 444455556666')],
      });
    }
  });

  it('groups of the account itself are closed, whether EC2 names their owner or the event its account', async () => {
    for (const [ownerId, account] of [
      ['111122223333', '111122223333'],
      ['111122223333', 'unknown'],
    ] as const) {
      const bad = rule('tcp', 22, WORLD);
      const { run, left, journal } = cell([group([bad], { ownerId })]);
      await run(change([bad], { account }));
      expect([left(), journal.some(({ what }) => what === 'not-decided')]).toEqual([[], false]);
    }
  });
});

describe('when the state lags behind the event', () => {
  it('looks again until the rules of the event are there', async () => {
    const bad = rule('tcp', 22, WORLD);
    const { run, left, ec2, ports, clock } = cell([group([])]);
    const sleep = async (ms: number) => {
      await ports.clock.sleep(ms);
      if (clock.slept.length === 2) ec2.put(group([bad]));
    };
    await run(change([bad]), { ports: { clock: { ...ports.clock, sleep } } });
    expect(clock.slept).toEqual([250, 500]);
    expect(left()).toEqual([]);
  });

  it('looks again while a modified rule still has its old content', async () => {
    const old = rule('tcp', 22, '198.51.100.7/32');
    const bad = { ...old, source: { kind: 'ipv4', cidr: WORLD } as const };
    const { run, left, ec2, ports, clock } = cell([group([old])]);
    const sleep = async (ms: number) => {
      await ports.clock.sleep(ms);
      if (clock.slept.length === 2) ec2.put(group([bad]));
    };
    const added = {
      kind: 'rules',
      ids: [old.id ?? ''],
      contents: [],
      becoming: [{ id: old.id ?? '', content: bad }],
    } as const;
    await run(change([], { trigger: 'rules-modified', added: added }), {
      ports: { clock: { ...ports.clock, sleep } },
    });
    expect([clock.slept, left()]).toEqual([[250, 500], []]);
  });

  it('gives up after a few seconds: a rule that is gone is no violation', async () => {
    const { run, clock, told } = cell([group([])]);
    await run(change([rule('tcp', 22, WORLD)]));
    expect(clock.slept).toEqual([250, 500, 1000, 2000]);
    expect(told).toEqual([]);
  });

  it('waits for the default group of a VPC that has just been made', async () => {
    const { run, clock } = cell([]);
    await run(
      change([], {
        trigger: 'vpc-created',
        added: { kind: 'everything' },
        scope: { by: 'default-group-of-vpc', vpcIds: ['vpc-1'] },
      }),
    );
    expect(clock.slept).toHaveLength(4);
  });
});

describe('a crash', () => {
  it('between revoke and record: the retry of the same invocation completes the undo and tells people once', async () => {
    const bad = rule('tcp', 22, WORLD);
    const { run, left, told, ports, ledger } = cell([group([bad])]);
    const revoke: typeof ports.groups.revoke = async (step) => {
      await ports.groups.revoke(step);
      throw new Error('the container is gone');
    };
    await expect(run(change([bad]), { ports: { groups: { ...ports.groups, revoke } } })).rejects.toThrow(Unfinished);
    expect([left(), told]).toEqual([[], []]);
    await run(change([bad]));
    expect(told).toMatchObject([{ status: 'done', removed: [bad] }]);
    expect(await ledger.entries('sg-00000000000000001')).toMatchObject([{ outcome: { removed: [bad] } }]);
  });

  it('before the revoke: the retry acts', async () => {
    const bad = rule('tcp', 22, WORLD);
    const { run, left, told, ports } = cell([group([bad])]);
    const revoke = async () =>
      await Promise.reject(new CallFailed('RevokeSecurityGroupIngress', 'RequestLimitExceeded', true, 'slow down'));
    await expect(run(change([bad]), { ports: { groups: { ...ports.groups, revoke } } })).rejects.toMatchObject({
      retryable: true,
    });
    expect(told).toEqual([]);
    await run(change([bad]));
    expect(left()).toEqual([]);
    expect(told).toHaveLength(1);
  });

  it('of the notice: the rule is closed, and the retry tells', async () => {
    const bad = rule('tcp', 22, WORLD);
    const { run, left, told, ports } = cell([group([bad])]);
    const publish = async () => await Promise.reject(new CallFailed('Publish', 'InternalError', true, 'no'));
    await expect(run(change([bad]), { ports: { notifier: { ...ports.notifier, publish } } })).rejects.toThrow(
      Unfinished,
    );
    expect(left()).toEqual([]);
    await run(change([bad]));
    expect(told).toMatchObject([{ status: 'done', removed: [bad] }]);
  });

  it('of the invocation that holds the plan: another one waits, is tried again, and takes over once the lease is out', async () => {
    const bad = rule('tcp', 22, WORLD);
    const { run, told, ports, clock, left } = cell([group([bad])]);
    const revoke = async () => await Promise.reject(new Error('gone'));
    await expect(run(change([bad]), { ports: { groups: { ...ports.groups, revoke } } })).rejects.toThrow(Unfinished);
    const retried = async () => await run(change([bad]), { owner: 'invocation-2' });
    await expect(retried()).rejects.toMatchObject({ retryable: true });
    clock.at += 60_000;
    await expect(retried()).rejects.toMatchObject({ retryable: true });
    clock.at += 120_000;
    await retried();
    expect([left(), told.length]).toEqual([[], 1]);
  });

  it('before the reservation removes nothing', async () => {
    const bad = rule('tcp', 22, WORLD);
    const { run, left, ports } = cell([group([bad])]);
    const reserve = async () => await Promise.reject(new CallFailed('PutItem', 'InternalServerError', true, 'no'));
    await expect(
      run(change([bad]), {
        ports: { ledger: { ...ports.ledger, reserve } },
      }),
    ).rejects.toThrow(Unfinished);
    expect(left()).toEqual([bad]);
  });
});

describe('what others found a way around', () => {
  it('small pieces added beside an opening that is there to distract still add up', async () => {
    const decoy = rule('tcp', 22, WORLD);
    const pieces = ['96.0.0.0/9', '96.128.0.0/9', '97.0.0.0/9'].map((cidr) => rule('tcp', 22, cidr));
    const { run, left } = cell([group([decoy, ...pieces])]);
    for (const [i, piece] of pieces.entries())
      await run(change([piece], { id: `event-${i}` }), { owner: `owner-${i}` });
    await run(change([decoy], { id: 'event-decoy' }), { owner: 'owner-decoy' });
    expect(left()).toHaveLength(1);
  });

  it('a plan that was held up is carried out by the next change to the group, once its holder had its time', async () => {
    const [bad, harmless] = [rule('tcp', 22, WORLD), rule('tcp', 443, WORLD)];
    const { run, left, told, ports, clock, ledger } = cell([group([bad, harmless])]);
    const revoke = async () =>
      await Promise.reject(new CallFailed('Revoke', 'RequestLimitExceeded', true, 'slow down'));
    await expect(run(change([bad]), { ports: { groups: { ...ports.groups, revoke } } })).rejects.toThrow(Unfinished);
    await run(change([harmless], { id: 'event-2' }), { owner: 'invocation-2' });
    expect(left()).toEqual([bad, harmless]);
    clock.at += 91_000;
    await run(change([harmless], { id: 'event-3' }), { owner: 'invocation-3' });
    expect(left()).toEqual([harmless]);
    expect(told.filter(({ status }) => status === 'done')).toMatchObject([{ removed: [bad] }]);
    expect((await ledger.stateOf(['sg-00000000000000001'])).entries).toEqual([]);
  });

  it('a plan whose rule is still there is not settled while the switch holds it back', async () => {
    const bad = rule('tcp', 22, WORLD);
    const { run, left, ports, ledger } = cell([group([bad])]);
    const revoke = async () =>
      await Promise.reject(new CallFailed('Revoke', 'RequestLimitExceeded', true, 'slow down'));
    await expect(run(change([bad]), { ports: { groups: { ...ports.groups, revoke } } })).rejects.toThrow(Unfinished);
    await run(change([bad]), { ports: { runtimeSwitch: { ceiling: async () => 'alert' } } });
    expect((await ledger.stateOf(['sg-00000000000000001'])).entries).toHaveLength(1);
    await run(change([bad]));
    expect(left()).toEqual([]);
  });

  it('a rule that the ledger has as settled and that is there all the same is removed and told', async () => {
    const bad = rule('tcp', 22, WORLD);
    const { run, left, told, ports } = cell([group([bad])]);
    const revoke: typeof ports.groups.revoke = async ({ rules }) => ({
      removed: [],
      gone: rules,
      changed: [],
      unanswered: [],
    });
    await run(change([bad]), { ports: { groups: { ...ports.groups, revoke } } });
    expect([left(), told]).toEqual([[bad], []]);
    await run(change([bad], { id: 'event-2' }), { owner: 'invocation-2' });
    expect(left()).toEqual([]);
    expect(told).toMatchObject([{ removed: [bad] }]);
  });

  it('what people are only told of is told again when it is opened anew with the same id and content', async () => {
    const bad = rule('tcp', 22, WORLD);
    const { run, told } = cell([group([bad])], { ceiling: 'alert' });
    await run(change([bad]));
    await run(change([bad]), { owner: 'invocation-2' });
    const widened = { id: 'event-2', call: 'ModifySecurityGroupRules', trigger: 'rules-modified' } as const;
    await run(change([bad], widened), { owner: 'invocation-3' });
    await run(change([bad], widened), { owner: 'invocation-4' });
    expect(told).toHaveLength(2);
  });

  it('an event that comes again days after a group was made does not make its rules new', async () => {
    const old = rule('tcp', 22, WORLD);
    const { run, left, clock } = cell([group([old])]);
    clock.at += 86_400_000;
    await run(change([], { trigger: 'group-created', call: 'CreateSecurityGroup', added: { kind: 'everything' } }));
    expect(left()).toEqual([old]);
  });

  it.each([
    ['a group', 'group-created', 'CreateSecurityGroup', { by: 'group-id', ids: ['sg-00000000000000001'] }],
    ['a VPC', 'vpc-created', 'CreateVpc', { by: 'default-group-of-vpc', vpcIds: ['vpc-00000000000000001'] }],
  ] as const)('the event of %s makes its rules new for exactly six hours', async (_, trigger, call, scope) => {
    const SIX_HOURS_MS = 6 * 60 * 60 * 1000;
    for (const [lateMs, isNew] of [
      [0, true],
      [6 * 60 * 1000 + 1, true],
      [SIX_HOURS_MS, true],
      [SIX_HOURS_MS + 1, false],
    ] as const) {
      const bad = rule('tcp', 22, WORLD);
      const event = change([], { trigger, call, scope, added: { kind: 'everything' } });
      const { run, left, clock } = cell([group([bad], { name: 'default' })]);
      clock.at = event.at + lateMs;
      await run(event);
      expect([lateMs, left()]).toEqual([lateMs, isNew ? [] : [bad]]);
    }
  });

  it('a rule that an event names is new however late the event comes', async () => {
    const bad = rule('tcp', 22, WORLD);
    const { run, left, clock } = cell([group([bad])]);
    clock.at += 7 * 86_400_000;
    await run(change([bad]));
    expect(left()).toEqual([]);
  });

  it('an event whose time is ahead of the clock makes the rules of its group new', async () => {
    const bad = rule('tcp', 22, WORLD);
    const event = change([], {
      trigger: 'group-created',
      call: 'CreateSecurityGroup',
      added: { kind: 'everything' },
    });
    const { run, left, clock } = cell([group([bad])]);
    clock.at = event.at - 86_400_000;
    await run(event);
    expect(left()).toEqual([]);
  });

  it('a group told by its name alone loses what the event describes, unless the name stands for several', async () => {
    const bad = { ...rule('tcp', 22, WORLD), id: 'sgr-0000000000000beef' };
    const { id: _, ...content } = bad;
    const named = change([], {
      scope: { by: 'group-name', names: ['web'] },
      added: { kind: 'rules', ids: [], contents: [content] },
    });
    const one = cell([group([bad])]);
    await one.run(named);
    expect(one.left()).toEqual([]);
    const two = cell([group([bad]), group([bad], { id: 'sg-00000000000000002', vpcId: 'vpc-2' })]);
    await two.run(named);
    expect(two.left()).toEqual([bad, bad]);
  });

  it('a fault that may pass is retried though another one will not', async () => {
    const all = [rule('-1', -1, 'sg-00000000000000001'), rule('-1', -1, WORLD, 'egress')];
    const { run, ports } = cell([group(all, { name: 'default' })]);
    const revoke: typeof ports.groups.revoke = async ({ direction }) => {
      const retryable = direction === 'egress';
      throw new CallFailed('Revoke', retryable ? 'RequestLimitExceeded' : 'UnauthorizedOperation', retryable, 'no');
    };
    const born = change([], { trigger: 'vpc-created', added: { kind: 'everything' } });
    await expect(run(born, { ports: { groups: { ...ports.groups, revoke } } })).rejects.toMatchObject({
      retryable: true,
    });
  });
});

describe('what goes wrong beside the flow', () => {
  it('a refusal for good is told and recorded, not retried', async () => {
    const bad = rule('tcp', 22, WORLD);
    const { run, told, ports } = cell([group([bad])]);
    const revoke = async () =>
      await Promise.reject(new CallFailed('RevokeSecurityGroupIngress', 'UnauthorizedOperation', false, 'no'));
    const outcomes = await run(change([bad]), { ports: { groups: { ...ports.groups, revoke } } });
    expect(outcomes).toMatchObject([{ status: 'failed' }]);
    expect(told).toEqual(outcomes);
  });

  it('a fact that cannot be read stops only the controls that need it, and then the event is retried', async () => {
    const bad = rule('tcp', 22, WORLD);
    const other = rule('-1', -1, 'sg-00000000000000001');
    const { run, left, ports } = cell([group([bad, other], { name: 'default' })]);
    const look: typeof ports.groups.fetchSnapshot = async (...args) => {
      const { groups } = await ports.groups.fetchSnapshot(...args);
      return {
        groups: groups.map((one) => ({ group: one.group, facts: {} })),
        unread: [new FactUnread('attachments', 'throttled')],
      };
    };
    await expect(
      run(change([bad]), { ports: { groups: { ...ports.groups, fetchSnapshot: look } } }),
    ).rejects.toMatchObject({
      retryable: true,
    });
    expect(left()).toEqual([other]);
  });

  it("one group's failure does not stop another's", async () => {
    const [a, b] = [rule('tcp', 22, WORLD), { ...rule('tcp', 22, WORLD), groupId: 'sg-00000000000000002' }];
    const { run, left, ports } = cell([group([a]), group([b], { id: 'sg-00000000000000002' })]);
    const revoke: typeof ports.groups.revoke = async (step) => {
      if (step.groupId === 'sg-00000000000000001')
        throw new CallFailed('RevokeSecurityGroupIngress', 'InternalError', true, 'no');
      return await ports.groups.revoke(step);
    };
    const both = change([a, b], { scope: { by: 'group-id', ids: ['sg-00000000000000001', 'sg-00000000000000002'] } });
    await expect(run(both, { ports: { groups: { ...ports.groups, revoke } } })).rejects.toThrow('InternalError');
    expect(left()).toEqual([a]);
  });

  it('a rule that somebody else removed first is a success nobody hears of', async () => {
    const bad = rule('tcp', 22, WORLD);
    const { run, told, ports, ec2 } = cell([group([bad])]);
    const revoke: typeof ports.groups.revoke = async (step) => {
      ec2.put(group([]));
      return await ports.groups.revoke(step);
    };
    const outcomes = await run(change([bad]), { ports: { groups: { ...ports.groups, revoke } } });
    expect(outcomes).toMatchObject([{ status: 'done', removed: [], alreadyGone: [bad] }]);
    expect(told).toEqual([]);
  });

  it("the cell's own revoke is no news", async () => {
    const bad = rule('tcp', 22, WORLD);
    const { run, journal, told } = cell([group([bad])]);
    await run(change([bad]));
    const before = journal.filter(({ what }) => what === 'decided').length;
    await run(change([bad], { id: 'event-2', call: 'RevokeSecurityGroupIngress', trigger: 'rules-removed' }));
    expect(journal.filter(({ what }) => what === 'decided')).toHaveLength(before);
    expect(told).toHaveLength(1);
  });

  it("the cell's own revoke is no news where its event has only the content, and somebody else's later is", async () => {
    const bad = rule('tcp', 22, WORLD);
    const { run, journal, clock } = cell([group([bad])]);
    await run(change([bad]));
    const { id: _, ...content } = bad;
    const decided = () => journal.filter(({ what }) => what === 'decided').length;
    const removal = (id: string, at: number) =>
      change([], {
        id,
        at,
        call: 'RevokeSecurityGroupIngress',
        trigger: 'rules-removed',
        added: { kind: 'rules', ids: [], contents: [content] },
      });
    await run(removal('event-2', clock.at));
    expect(decided()).toBe(1);
    await run(removal('event-3', clock.at + 3_600_000));
    expect(decided()).toBe(2);
  });
});
