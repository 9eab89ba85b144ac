import { describe, expect, it } from 'vitest';
import { FAMILIES } from '../../../shared/controls/parts/families.ts';
import { CONTROLS } from '../../../shared/controls/registry.ts';
import type {
  ConfigCell,
  ConfigInvocation,
  ConfigRuleParameters,
  Evaluation,
} from '../../../shared/domain/aws-config.ts';
import { canaryGroup, markerRule } from '../../../shared/domain/canary.ts';
import type { Snapshot } from '../../../shared/domain/ec2.ts';
import { FactUnread } from '../../../shared/domain/errors.ts';
import type { Exemption } from '../../../shared/domain/exemption.ts';
import type { Rule } from '../../../shared/domain/group.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import { readConfigRequest } from '../../../shared/events/config.ts';
import { annotationOf, complianceOf, policyOfFamily } from '../../../shared/workflows/compliance/compliance.ts';
import { evaluate } from '../../../shared/workflows/compliance/evaluate.ts';
import { GUARD, group, rule } from '../../remediation/cell.ts';

const NOW = Date.parse('2026-03-04T00:00:00Z');

function recorded(protocol: string, port: number | readonly [number, number], cidr: string): Rule {
  const { id: _id, ...content } = rule(protocol, port, cidr);
  return content;
}

const LEAVE: Exemption = {
  id: 'exemptions.0',
  scope: { control: 'world-open-admin' },
  by: { name: 'alice', through: 'policy' },
  reason: 'the vendor asked for it',
  owner: 'alice',
  at: 0,
  until: Date.parse('2026-04-01T00:00:00Z'),
};

function verdict(
  rules: readonly Rule[],
  parameters: ConfigRuleParameters,
  { policy = GUARD, exemptions = [] }: { policy?: Policy; exemptions?: readonly Exemption[] } = {},
) {
  return complianceOf(
    { group: group(rules), facts: {} },
    { parameters, policy: policyOfFamily(policy, parameters), exemptions, now: NOW },
  );
}

describe('the families', () => {
  it('hold every control that judges a group as it stands exactly once, and none that judges a change alone or the cell itself', () => {
    const held = Object.values(FAMILIES).flatMap(({ controls }): readonly string[] => controls);
    const standing = CONTROLS.filter(({ on, own }) => on.includes('sweep') && !own).map(({ id }) => id);
    expect(new Set(held)).toEqual(new Set(standing));
    expect(held).toHaveLength(standing.length);
  });
});

describe('compliance with a family', () => {
  it.each(Object.keys(FAMILIES))('of the canary’s group, %s, is not touched by its marker', (family) => {
    const parameters = { family };
    const marker = { ...recorded('tcp', 9, '192.0.2.0/24'), ...markerRule(0) };
    const sighting = {
      group: group([marker], { ...canaryGroup('Portcullis') }),
      facts: { attachments: [], referencedBy: [] },
    };
    const policy = policyOfFamily(GUARD, parameters);
    expect(complianceOf(sighting, { parameters, policy, exemptions: [], now: NOW })).toMatchObject({
      verdict: 'COMPLIANT',
    });
  });

  const ssh = recorded('tcp', 22, '0.0.0.0/0');

  it('says which control, why, and by which rule', () => {
    expect(verdict([ssh], { family: 'admin' })).toEqual({
      verdict: 'NON_COMPLIANT',
      annotation: 'world-open-admin: tcp 22 (SSH) is open to 100 % of the internet (ingress tcp 22 from 0.0.0.0/0)',
      mode: 'alert',
    });
    expect(verdict([ssh], { family: 'database' })).toMatchObject({ verdict: 'COMPLIANT' });
  });

  it('counts what is only observed, and not what is off', () => {
    const at = (existing: 'observe' | 'off') => ({
      ...GUARD,
      controls: { 'world-open-admin': { ...GUARD.controls['world-open-admin']!, fresh: existing, existing } },
    });
    expect(verdict([ssh], { family: 'admin' }, { policy: at('observe') })).toMatchObject({ verdict: 'NON_COMPLIANT' });
    expect(verdict([ssh], { family: 'admin' }, { policy: at('off') })).toMatchObject({ verdict: 'NOT_APPLICABLE' });
  });

  const admin = GUARD.controls['world-open-admin']!;

  it.each([
    ['the account', { ceiling: 'off' }],
    ['groups with a tag', { tagCeilings: [{ tags: { Name: '*' }, mode: 'off' }] }],
    ['what was there before', { controls: { 'world-open-admin': { ...admin, fresh: 'enforce', existing: 'off' } } }],
  ] as const)('calls nothing compliant that is open where the policy is off for %s', (_what, more) => {
    const policy = policyOfFamily({ ...GUARD, ...more }, { family: 'admin' });
    const measure = { parameters: { family: 'admin' }, policy, exemptions: [], now: NOW };
    const open = { group: group([ssh], { tags: { Name: 'x' } }), facts: {} };
    expect(complianceOf(open, measure)).toEqual({
      verdict: 'NOT_APPLICABLE',
      annotation: expect.stringMatching(/^Off by the policy: world-open-admin: tcp 22 \(SSH\) is open/),
      mode: 'off',
    });
    expect(complianceOf({ ...open, group: group([]) }, measure)).toMatchObject({ verdict: 'COMPLIANT' });
  });

  it('lets an exemption stand and says by whose leave', () => {
    expect(verdict([ssh], { family: 'admin' }, { exemptions: [LEAVE] })).toMatchObject({
      verdict: 'COMPLIANT',
      annotation: 'Exempt from world-open-admin by exemption exemptions.0 until 2026-04-01: the vendor asked for it',
    });
  });

  it('is narrowed by ports and by controls', () => {
    expect(verdict([ssh], { family: 'admin', ports: [{ from: 3389, to: 3389 }] }).verdict).toBe('COMPLIANT');
    expect(verdict([ssh], { family: 'admin', ports: [{ from: 20, to: 30 }] }).verdict).toBe('NON_COMPLIANT');
    const all = recorded('-1', [-1, -1], '0.0.0.0/0');
    expect(verdict([all], { family: 'world' }).verdict).toBe('NON_COMPLIANT');
    expect(verdict([all], { family: 'world', controls: ['world-open-protocol'] }).annotation).not.toContain(
      'world-open-everything',
    );
  });

  it('refuses a family or a control that there is not', () => {
    expect(() => policyOfFamily(GUARD, { family: 'admn' })).toThrow('which is none of admin, database');
    expect(() => policyOfFamily(GUARD, { family: 'admin', controls: ['naming'] })).toThrow('"naming" is no control');
  });
});

describe('annotations', () => {
  it('are cut after a whole word, to 256 characters at most', () => {
    const cut = annotationOf('open to everybody '.repeat(20));
    expect(cut.length).toBeLessThanOrEqual(256);
    expect(cut).toMatch(/(?:open|to|everybody) …$/);
    expect(annotationOf('x'.repeat(300))).toHaveLength(256);
    expect(annotationOf('y'.repeat(256))).toBe('y'.repeat(256));
    expect(annotationOf('two\nlines')).toBe('two lines');
  });
});

const PLACE = { account: '111122223333', region: 'eu-west-1' };

function configCell(sights: readonly Snapshot[], { policy = GUARD, fault }: { policy?: Policy; fault?: Error } = {}) {
  const put: Evaluation[] = [];
  const looked: string[] = [];
  const handed: (readonly string[])[] = [];
  const leftOut: string[] = [];
  const cell: ConfigCell = {
    policy,
    leftOut: (reasons) => void leftOut.push(...reasons),
    ports: {
      groups: (region) => ({
        fetchSnapshot: async (scope) => {
          looked.push(`${region} ${scope.by}`);
          return sights[0] ?? { groups: [], unread: [] };
        },
      }),
      everyGroup: async function* () {
        yield* sights;
      },
      compliance: {
        put: async (_token, evaluations) => {
          if (fault !== undefined) throw fault;
          put.push(...evaluations);
        },
        itemAt: async (groupId, at) => ({
          ...PLACE,
          groupId,
          at,
          group: group([recorded('tcp', 22, '0.0.0.0/0')], { id: groupId }),
        }),
      },
      exemptions: { active: async () => [] },
      reevaluation: { requestEvaluation: async (ids) => void handed.push(ids) },
      clock: { now: () => NOW },
    },
  };
  const ask = (occasion: ConfigInvocation, parameters: ConfigRuleParameters = { family: 'admin' }) =>
    evaluate({ invocation: occasion, parameters, resultToken: 't' }, cell);
  return { put, looked, handed, leftOut, ask };
}

function item(rules: readonly Rule[]): ConfigInvocation {
  return {
    kind: 'item',
    ...PLACE,
    groupId: 'sg-00000000000000001',
    at: 1000,
    group: group(rules),
  };
}

describe('evaluating', () => {
  it('judges the item as it was captured, without a call to EC2 where the item says it all, and hands on what is open', async () => {
    const { put, looked, handed, ask } = configCell([]);
    await ask(item([recorded('tcp', 22, '0.0.0.0/0')]));
    expect(put).toEqual([expect.objectContaining({ verdict: 'NON_COMPLIANT', at: 1000 })]);
    expect(looked).toEqual([]);
    expect(handed).toEqual([['sg-00000000000000001']]);
  });

  it('hands nothing on that is observed only', async () => {
    const { put, handed, ask } = configCell([]);
    await ask(item([recorded('udp', 9999, '0.0.0.0/0')]), { family: 'world' });
    expect(put[0]?.verdict).toBe('NON_COMPLIANT');
    expect(handed).toEqual([]);
  });

  it('fetches an item that was too large', async () => {
    const { put, ask } = configCell([]);
    await ask({ kind: 'too-large', ...PLACE, groupId: 'sg-2', at: 7 });
    expect(put).toEqual([expect.objectContaining({ groupId: 'sg-2', at: 7, verdict: 'NON_COMPLIANT' })]);
  });

  it('says of what is gone that no rule applies', async () => {
    const { put, handed, ask } = configCell([]);
    await ask({ kind: 'item', ...PLACE, groupId: 'sg-2', at: 7 });
    expect(put).toEqual([expect.objectContaining({ groupId: 'sg-2', at: 7, verdict: 'NOT_APPLICABLE' })]);
    expect(handed).toEqual([]);
  });

  it('takes what a prefix list holds from the look, and says nothing of a list that nobody names any more', async () => {
    const list = (cidrs?: readonly string[]): Rule => ({
      ...recorded('tcp', 22, '0.0.0.0/0'),
      source: { kind: 'prefix-list', id: 'pl-1', ...(cidrs && { cidrs }) },
    });
    const named = configCell([{ groups: [{ group: group([list(['0.0.0.0/0'])]), facts: {} }], unread: [] }]);
    await named.ask(item([list()]));
    expect(named.put).toEqual([expect.objectContaining({ verdict: 'NON_COMPLIANT' })]);
    const overtaken = configCell([{ groups: [{ group: group([]), facts: {} }], unread: [] }]);
    await overtaken.ask(item([list()]));
    expect(overtaken.put).toEqual([]);
  });

  it('calls no group compliant on a fact that could not be read', async () => {
    const unread = [new FactUnread('its interfaces', new Error('throttled'))];
    const { put, ask } = configCell([{ groups: [{ group: group([]), facts: {} }], unread }]);
    await expect(ask(item([]), { family: 'default-group' })).rejects.toThrow('unread: its interfaces');
    expect(put).toEqual([]);
  });

  it('goes over every group on a schedule, at the time of the call', async () => {
    const sighting = (id: string, rules: readonly Rule[]) => ({ group: group(rules, { id }), facts: {} });
    const { put, handed, ask } = configCell([
      { groups: [sighting('sg-1', [rule('tcp', 22, '0.0.0.0/0')]), sighting('sg-2', [])], unread: [] },
      { groups: [sighting('sg-3', [])], unread: [] },
    ]);
    await ask({ kind: 'scheduled', ...PLACE, at: 5 });
    expect(put.map(({ groupId, at, verdict: said }) => [groupId, at, said])).toEqual([
      ['sg-1', 5, 'NON_COMPLIANT'],
      ['sg-2', 5, 'COMPLIANT'],
      ['sg-3', 5, 'COMPLIANT'],
    ]);
    expect(handed).toEqual([['sg-1']]);
  });
});

describe('a schedule of AWS Config', () => {
  const ssh = rule('tcp', 22, '0.0.0.0/0');
  const sights = (open: number): readonly Snapshot[] => [
    {
      groups: Array.from({ length: 20 }, (_, nth) => ({
        group: group(nth < open ? [ssh] : [], { id: `sg-${nth + 1}` }),
        facts: {},
      })),
      unread: [],
    },
  ];
  const policy: Policy = {
    ...GUARD,
    budget: { removalsPerHour: 1000, sweepShare: 0.1 },
    controls: {
      ...GUARD.controls,
      'world-open-admin': { ...GUARD.controls['world-open-admin']!, existing: 'enforce' },
    },
  };

  it('leaves more than a sweep may close in to the sweep, which holds it, and says what is open all the same', async () => {
    const within = configCell(sights(2), { policy });
    await within.ask({ kind: 'scheduled', ...PLACE, at: 5 });
    expect(within.handed).toEqual([['sg-1', 'sg-2']]);
    const over = configCell(sights(3), { policy });
    await over.ask({ kind: 'scheduled', ...PLACE, at: 5 });
    expect([over.handed, over.put.filter((one) => one.verdict === 'NON_COMPLIANT').length]).toEqual([[], 3]);
  });

  it('says nothing of groups that another account shares, and has nobody look at them', async () => {
    const shared = { group: group([ssh], { ownerId: '444455556666' }), facts: {} };
    const { put, handed, leftOut, ask } = configCell([{ groups: [shared], unread: [] }]);
    await ask({ kind: 'scheduled', ...PLACE, at: 5 });
    expect([put, handed]).toEqual([[], []]);
    expect(leftOut).toEqual([expect.stringContaining('belongs to account 444455556666')]);
  });

  it('answers that the item of such a group is not applicable, with the reason', async () => {
    const { put, handed, leftOut, ask } = configCell([]);
    await ask({ kind: 'item', ...PLACE, groupId: 'sg-1', at: 5, group: group([ssh], { ownerId: '444455556666' }) });
    expect(put).toMatchObject([
      { verdict: 'NOT_APPLICABLE', annotation: 'The group belongs to account 444455556666.' },
    ]);
    expect([handed, leftOut.length]).toEqual([[], 1]);
  });

  it('reads the groups beside a group only if it holds a sixteenth of the threshold on a watched port', async () => {
    const half = recorded('tcp', 22, '12.0.0.0/9');
    const beside = [{ id: 'sg-2', rules: [recorded('tcp', 22, '12.128.0.0/9')] }];
    const facts = { neighbours: [{ interfaceId: 'eni-1', interfaces: 1, groups: beside }] };
    const shared = configCell([{ groups: [{ group: group([half]), facts }], unread: [] }]);
    await shared.ask(item([half]), { family: 'world' });
    expect([shared.looked.length, shared.put]).toMatchObject([
      1,
      [{ verdict: 'NON_COMPLIANT', annotation: expect.stringContaining('world-open-together') }],
    ]);
    const office = configCell([]);
    await office.ask(item([recorded('tcp', 22, '12.1.2.3/32')]), { family: 'world' });
    expect([office.looked, office.put]).toMatchObject([[], [{ verdict: 'COMPLIANT' }]]);
  });

  it('evaluates the item of a group whose account is not named', async () => {
    const { put, ask } = configCell([]);
    const mine = group([ssh], { ownerId: '444455556666' });
    await ask({ kind: 'item', ...PLACE, account: 'unknown', groupId: 'sg-1', at: 5, group: mine });
    expect(put).toMatchObject([{ verdict: 'NON_COMPLIANT' }]);
  });
});

it('hands on what is open though AWS Config does not take the answer', async () => {
  const { handed, ask } = configCell([], { fault: new Error('the token is too old') });
  await expect(ask(item([recorded('tcp', 22, '0.0.0.0/0')]))).rejects.toThrow('too old');
  expect(handed).toEqual([['sg-00000000000000001']]);
});

describe('the call of a rule', () => {
  const call = (ruleParameters: string | undefined, invokingEvent: object, more: object = {}) => ({
    invokingEvent: JSON.stringify(invokingEvent),
    resultToken: 'token',
    configRuleArn: 'arn:aws:config:eu-west-1:111122223333:config-rule/config-rule-1',
    ...(ruleParameters !== undefined && { ruleParameters }),
    ...more,
  });
  const scheduled = { messageType: 'ScheduledNotification', notificationCreationTime: '2026-03-04T00:00:00Z' };

  it('is read with its parameters', () => {
    const parameters = JSON.stringify({ family: 'admin', ports: '22, 5900-5906', controls: 'world-open-admin' });
    expect(readConfigRequest(call(parameters, scheduled))).toEqual({
      invocation: { kind: 'scheduled', at: NOW, ...PLACE },
      parameters: {
        family: 'admin',
        controls: ['world-open-admin'],
        ports: [
          { from: 22, to: 22 },
          { from: 5900, to: 5906 },
        ],
      },
      resultToken: 'token',
    });
  });

  it.each([
    [undefined, 'ruleParameters.family'],
    ['{"family":"admin","port":"22"}', 'ruleParameters.port'],
    ['{"family":"admin","ports":"22-"}', 'ruleParameters.ports'],
    ['{"family":"admin","ports":"30-20"}', 'ruleParameters.ports'],
    ['{', 'ruleParameters'],
  ])('is refused with the parameters %s', (parameters, place) => {
    expect(() => readConfigRequest(call(parameters, scheduled))).toThrow(`event: ${place}: expected`);
  });

  it('is about a group that is gone where it has left the scope', () => {
    const left = {
      messageType: 'ConfigurationItemChangeNotification',
      configurationItem: {
        resourceType: 'AWS::EC2::SecurityGroup',
        resourceId: 'sg-0a1b2c3d',
        configurationItemCaptureTime: '2026-03-04T00:00:00Z',
        configurationItemStatus: 'OK',
        awsAccountId: '111122223333',
        awsRegion: 'eu-west-1',
        configuration: { groupId: 'sg-0a1b2c3d' },
      },
    };
    const { invocation } = readConfigRequest(call('{"family":"admin"}', left, { eventLeftScope: true }));
    expect(invocation).toEqual({ kind: 'item', ...PLACE, groupId: 'sg-0a1b2c3d', at: NOW });
  });
});
