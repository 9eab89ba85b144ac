import { describe, expect, it } from 'vitest';
import { dispatchCommand } from '../../../shared/actions/dispatch.ts';
import { isCanaryGroup, isMarker, markerCreatedAt, markerRule } from '../../../shared/domain/canary.ts';
import type { CommandResult } from '../../../shared/domain/command.ts';
import { CallFailed } from '../../../shared/domain/errors.ts';
import type { Exemption, ExemptionScope } from '../../../shared/domain/exemption.ts';
import type { Group, Rule } from '../../../shared/domain/group.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import { decisionsFor } from '../../../shared/remediation/decide/decide-group.ts';
import { change, GUARD, group, rule } from '../../remediation/cell.ts';
import { underEveryFault } from '../../remediation/faulty.ts';
import { expected, narrowing, through, type World, world } from './world.ts';

const REGION = 'eu-west-1';
const MADE = 'sg-00000000000000099';
const NEST = { name: 'Portcullis-canary', tags: { 'portcullis:canary': 'Portcullis' } };
const ATTACHED = { interfaceId: 'eni-00000000000000001', description: '', type: 'interface' };

async function put({ grantCell }: World): Promise<CommandResult> {
  return await dispatchCommand({ do: 'canary', region: REGION }, grantCell);
}

function nestOf({ ec2 }: World): Group {
  const nest = ec2.groups.find(isCanaryGroup);
  if (nest === undefined) throw new Error('there is no group for the canary');
  return nest;
}

function markers({ left }: World): readonly Rule[] {
  return left().filter(isMarker);
}

/** What CloudTrail tells of the last put. */
function told(account: World, event = 'event-1', rules = markers(account)) {
  return change(rules, { id: event, scope: { by: 'group-id', ids: [nestOf(account).id] } });
}

/** An account in which a first canary was put. */
async function nested(options: Parameters<typeof world>[1] = {}, groups: readonly Group[] = []) {
  const account = world(groups, options);
  expected(await put(account), 'canary-put');
  return account;
}

describe('the canary', () => {
  it('is put into a group of its own, made once, and says when', async () => {
    const account = world([]);
    const { clock, run, ec2 } = account;
    expect(await put(account)).toEqual({ kind: 'canary-put', groupId: MADE, at: clock.at });
    expect(nestOf(account)).toMatchObject({ name: 'Portcullis-canary', tags: { 'portcullis:canary': 'Portcullis' } });
    expect(nestOf(account).rules.map(markerCreatedAt)).toEqual([clock.at]);
    await run(told(account));
    clock.at += 1_800_000;
    expect(await put(account)).toEqual({ kind: 'canary-put', groupId: MADE, at: clock.at });
    expect(ec2.groups).toHaveLength(1);
  });

  it('is closed by its event, and nobody is told, nor is it in any list of remediations', async () => {
    const published: unknown[] = [];
    const account = await nested();
    const [outcome] = await account.run(told(account), {
      ports: { findings: { publish: async (one) => void published.push(one) } },
    });
    expect(outcome).toMatchObject({ status: 'done', removed: [{ groupId: MADE }] });
    expect([markers(account), account.told, account.news, published]).toEqual([[], [], [], []]);
    expect(await account.ledger.newest(10)).toEqual([]);
    expect(await account.ledger.entries(MADE)).toHaveLength(1);
    account.clock.at += 86_400_000;
    expect(await account.ledger.entries(MADE)).toEqual([]);
  });

  it('that cannot be closed is told', async () => {
    const account = await nested();
    const revoke = async () => await Promise.reject(new CallFailed('Revoke', 'UnauthorizedOperation', false, 'no'));
    await account.run(told(account), { ports: { groups: { ...account.closing.groups, revoke } } });
    expect(account.told).toMatchObject([{ status: 'failed' }]);
  });

  it('that still stands is not put again, and tells since when', async () => {
    const account = await nested();
    const since = account.clock.at;
    account.clock.at += 1_800_000;
    expect(await put(account)).toEqual({ kind: 'canary-stands', groupId: MADE, since });
    expect(markers(account)).toHaveLength(1);
  });

  it('that every event of is lost is closed by a sweep, whatever the budget, a freeze and the share of a sweep', async () => {
    const policy = {
      ...GUARD,
      budget: { removalsPerHour: 0, sweepShare: 0 },
      freezes: [{ kind: 'dates' as const, from: 0, until: 9_999_999_999_999, reason: 'the sale' }],
    };
    const account = await nested({ policy });
    const scope = { by: 'group-id' as const, ids: [MADE] };
    const [outcome] = await account.run(
      change([], { id: 'sweep', trigger: 'sweep', added: { kind: 'unknown' }, hold: true, scope }),
    );
    expect(outcome).toMatchObject({ status: 'done' });
    expect([markers(account), account.told, account.news]).toEqual([[], [], []]);
  });

  it('is no fight, no flapping and no change outside the code, however often it comes', async () => {
    const policy = narrowing({
      flapping: { fresh: 'alert', existing: 'alert' },
      'unmanaged-change': { fresh: 'enforce', roles: ['arn:aws:iam::111122223333:role/deploy'] },
      naming: { fresh: 'alert', existing: 'alert', names: ['shop-*'], tagKeys: ['owner'] },
      'unused-group': { existing: 'alert' },
    });
    const account = await nested({ policy });
    const actor = {
      type: 'AssumedRole',
      arn: 'arn:aws:sts::111122223333:assumed-role/on-grant/x',
      tool: 'sdk',
    } as const;
    const common = { scope: { by: 'group-id' as const, ids: [MADE] }, actor };
    const born = rule('-1', [-1, -1], '0.0.0.0/0', 'egress');
    await account.run(change([], { ...common, id: 'made', trigger: 'group-created', added: { kind: 'everything' } }));
    await account.run(change([born], { ...common, id: 'stripped', trigger: 'rules-removed' }));
    for (let round = 0; round < 12; round += 1) {
      await put(account);
      await account.run({ ...told(account, `event-${round}`), actor });
      expect(markers(account)).toEqual([]);
      account.clock.at += 1_800_000;
    }
    await account.run(change([], { ...common, id: 'sweep', trigger: 'sweep', added: { kind: 'unknown' } }));
    expect([account.told, account.news, account.followed]).toEqual([[], [], []]);
  });

  it('hides nothing else in a group that has its tag', async () => {
    const ssh = rule('tcp', 22, '0.0.0.0/0');
    const mine = group([ssh], { name: 'mine', tags: { 'portcullis:canary': 'Portcullis' } });
    const account = world([mine]);
    const marker = { ...rule('tcp', 9, '192.0.2.0/24') };
    account.ec2.put({ ...mine, rules: [ssh, marker] });
    await account.run(change([ssh, marker]));
    expect(account.left()).toEqual([]);
    expect(account.told.flatMap(({ removed }) => removed)).toContainEqual(ssh);
  });
});

describe('no exemption covers the canary', () => {
  const exemptionOf = (scope: ExemptionScope, at: number): Exemption => ({
    id: 'e'.repeat(26),
    scope,
    by: { name: 'ann', through: 'command-line' },
    reason: 'quiet',
    at,
    owner: 'ann',
    until: at + 86_400_000,
  });

  it.each<[string, ExemptionScope]>([
    ['its group', { groupId: MADE }],
    ['its control', { control: 'canary' }],
    ['every port', { ports: { tcp: [{ from: 1, to: 65_535 }], udp: [] } }],
    ['its marker', { groupId: MADE, content: 'ingress tcp 9 9 192.0.2.0/24' }],
  ])('though one is about %s: it is put and closed', async (_, scope) => {
    for (const place of ['ledger', 'policy'] as const) {
      const account = await nested();
      const exemption = exemptionOf(scope, account.clock.at);
      const policy = { ...GUARD, exemptions: place === 'policy' ? [exemption] : [] };
      if (place === 'ledger') await account.exemptions.put(exemption);
      await account.run(told(account), { policy });
      expect(markers(account)).toEqual([]);
      account.clock.at += 1_800_000;
      const grantCell = { ...account.grantCell, policy };
      expect(await dispatchCommand({ do: 'canary', region: REGION }, grantCell)).toMatchObject({ kind: 'canary-put' });
      await account.run(told(account, 'event-2'), { policy, owner: 'invocation-2' });
      expect(markers(account)).toEqual([]);
    }
  });
});

describe('no canary is put', () => {
  it.each([
    ['the switch', { ceiling: 'alert' }, /runtime switch is at alert/],
    ['the mode of the account', { policy: { ...GUARD, ceiling: 'observe' } }, /mode for the account is observe/],
    [
      'the policy',
      { policy: narrowing({ canary: { fresh: 'off', existing: 'off' } }) },
      /the policy has the canary off/,
    ],
    [
      'a limit to groups with its tag',
      { policy: { ...GUARD, tagCeilings: [{ tags: { 'portcullis:canary': '*' }, mode: 'approve' }] } },
      /go no further than approve/,
    ],
    ['an account without a VPC', { home: undefined }, /has no VPC/],
  ] as const)('where %s holds it back, and says so', async (_what, options, because) => {
    const account = world([], options);
    const result = expected(await put(account), 'canary-skipped');
    expect(result.because.join('; ')).toMatch(because);
    expect(account.ec2.groups).toEqual([]);
  });

  it('into a group that is on an interface, or has other rules, or is not the cell’s', async () => {
    const used = world([group([], { ...NEST, id: MADE })], { attachments: { [MADE]: [ATTACHED] } });
    expect(expected(await put(used), 'refused').because).toEqual([expect.stringMatching(/is on 1 network interfaces/)]);
    const filled = await nested();
    filled.ec2.put({ ...nestOf(filled), rules: [{ ...rule('tcp', 443, '10.0.0.0/8'), groupId: MADE }] });
    expect(expected(await put(filled), 'refused').because).toEqual([expect.stringMatching(/has 1 rules that are not/)]);
    const foreign = world([group([], { name: 'Portcullis-canary' })]);
    expect(expected(await put(foreign), 'refused').because).toEqual([expect.stringMatching(/has not made/)]);
    expect(foreign.granted).toEqual([]);
  });
});

it.each([{ tagCeilings: [{ tags: { team: 'lab' }, mode: 'alert' as const }] }])(
  'is no silence but a refusal where somebody gives its group a tag that holds the mode down: %j',
  async (more) => {
    const account = world([group([], { ...NEST, id: MADE, tags: { ...NEST.tags, team: 'lab' } })], {
      policy: { ...GUARD, ...more },
    });
    expect(expected(await put(account), 'refused').because[0]).toMatch(/tags of sg-\w+ limit its mode/);
    expect(account.left()).toEqual([]);
  },
);

it('is put beside the canary of another cell, whose marker no other cell closes', async () => {
  const lab: Policy = { ...GUARD, cell: 'Lab' };
  const marker = { ...rule('tcp', 9, '192.0.2.0/24'), ...markerRule(0), groupId: 'sg-1' };
  const foreign = group([marker], { ...NEST, id: 'sg-1' });
  const account = world([foreign], { policy: lab });
  expected(await put(account), 'canary-put');
  expect(account.ec2.groups.map(({ name }) => name)).toEqual(['Portcullis-canary', 'Lab-canary']);
  const occasion = { trigger: 'sweep', added: { kind: 'everything' }, exemptions: [], now: 0 } as const;
  const closedBy = (policy: Policy) =>
    decisionsFor({ group: foreign, facts: {} }, occasion, policy, 'enforce').flatMap(({ rules }) => rules);
  expect(closedBy(lab)).toEqual([]);
  expect(closedBy({ ...GUARD, cell: 'Portcullis' })).toEqual([marker]);
});

it('ends with one marker in one empty group, whichever call breaks', async () => {
  const calls = await underEveryFault({
    make: () => world([]),
    run: async ({ grantCell }, wrap, attempt) =>
      await dispatchCommand({ do: 'canary', region: REGION }, through(grantCell, wrap, attempt)),
    check: (account) => {
      expect(account.ec2.groups).toHaveLength(1);
      expect(nestOf(account).rules.map(isMarker)).toEqual([true]);
    },
  });
  expect(calls).toBe(6);
});

it('takes up a group whose making broke off before EC2’s own rule was out of it', async () => {
  const born = { ...rule('-1', [-1, -1], '0.0.0.0/0', 'egress'), groupId: MADE };
  const account = world([group([born], { ...NEST, id: MADE })]);
  expected(await put(account), 'canary-put');
  expect(nestOf(account).rules.map(isMarker)).toEqual([true]);
});

it('is closed once, in silence, whichever call of on-change breaks', async () => {
  await underEveryFault({
    make: async () => await nested(),
    run: async (account, wrap, attempt) => {
      const event = told(account, 'event-1', [
        { ...rule('tcp', 9, '192.0.2.0/24'), id: `sgr-9${'1'.padStart(16, '0')}` },
      ]);
      const { closing } = account;
      await account.run(event, { owner: `change-${attempt}`, ports: wrap(closing) });
    },
    between: ({ clock }) => void (clock.at += 120_000),
    check: (account) => {
      expect(markers(account)).toEqual([]);
      expect([account.told, account.news]).toEqual([[], []]);
    },
  });
});
