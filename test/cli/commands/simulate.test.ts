import { describe, expect, it } from 'vitest';
import { schemaProblems } from '../../reports/schema.ts';
import { authorized, cli, file, GUARD, group, permission } from '../command-line.ts';

async function simulate(event: unknown, ...more: readonly string[]) {
  return await cli(['simulate', '-', '--policy', GUARD, ...more], JSON.stringify(event));
}

async function json(event: unknown, ...more: readonly string[]) {
  const ran = await simulate(event, '--format', 'json', ...more);
  const report = JSON.parse(ran.out);
  expect(schemaProblems(report)).toEqual([]);
  return { ...ran, report };
}

interface Row {
  readonly verdict: string;
  readonly freshness: string;
  readonly source: string;
  readonly fromPort: number;
  readonly because: readonly string[];
}

/** `closed fresh 22 0.0.0.0/0`, rule by rule. */
function verdicts(report: {
  readonly changes: readonly { readonly groups: readonly { readonly rules: readonly Row[] }[] }[];
}) {
  return report.changes.flatMap(({ groups }) =>
    groups.flatMap((affected) =>
      affected.rules.map(({ verdict, freshness, fromPort, source }) => `${verdict} ${freshness} ${fromPort} ${source}`),
    ),
  );
}

const event = authorized(22, ['0.0.0.0/0', '10.0.0.0/8']);

function ec2(eventName: string, requestParameters: object, responseElements: object | null = null) {
  return authorized(22, [], { eventName, requestParameters, responseElements });
}

describe('portcullis simulate', () => {
  it('shows rule by rule what is closed and what is kept, and why', async () => {
    const { code, out } = await simulate(event);
    expect(code).toBe(1);
    expect(out.split('\n').slice(0, 11)).toEqual([
      'AuthorizeSecurityGroupIngress by alice with cli',
      'event c2b1f9ce-0000-4000-8000-000000000001, 2026-01-02T03:04:05.000Z, account 111122223333, eu-west-1',
      '',
      '(no name)  sg-0aaaaaaaaaaaaaaa1  111122223333  eu-west-1',
      '  closed    new  sgr-22-0 ingress tcp 22 from 0.0.0.0/0',
      '                 world-open-admin (high): tcp 22 (SSH) is open to 100 % of the internet',
      '  kept      new  sgr-22-1 ingress tcp 22 from 10.0.0.0/8',
      '                 its source is no address of the internet',
      '',
      'Calls to EC2',
      `  aws ec2 revoke-security-group-ingress --group-id sg-0aaaaaaaaaaaaaaa1 --ip-permissions '[{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]'`,
    ]);
    expect(out).toContain('  | Closed tcp/22 (SSH) from the world on sg-');
    expect(out).toContain('Note: without --state');
  });

  it('distinguishes added rules from existing ones', async () => {
    const state = file('state.json', [
      group([
        permission('tcp', 22, '0.0.0.0/0', '10.0.0.0/8'),
        permission('tcp', 5432, '::/0'),
        permission('tcp', 443, '0.0.0.0/0'),
      ]),
    ]);
    const { code, report } = await json(event, '--state', state);
    expect(code).toBe(1);
    expect(verdicts(report)).toEqual([
      'closed fresh 22 0.0.0.0/0',
      'kept fresh 22 10.0.0.0/8',
      'told existing 5432 ::/0',
      'kept existing 443 0.0.0.0/0',
    ]);
    expect(report.findings.map(({ control, mode }: Record<string, string>) => `${control} ${mode}`)).toEqual([
      'world-open-admin enforce',
      'world-open-database alert',
    ]);
    expect(report.changes[0].alerts).toHaveLength(2);
    expect(report).toMatchObject({ groups: 1, rules: 4, errors: [] });
  });

  it('adds the rules of the event to a state from before it', async () => {
    const state = file('before.json', [group([permission('tcp', 443, '0.0.0.0/0')])]);
    expect(verdicts((await json(event, '--state', state)).report)).toEqual([
      'closed fresh 22 0.0.0.0/0',
      'kept fresh 22 10.0.0.0/8',
      'kept existing 443 0.0.0.0/0',
    ]);
  });

  it('counts prefix lists by their entries', async () => {
    const item = { ...event.responseElements.securityGroupRuleSet.items[0], cidrIpv4: undefined, prefixListId: 'pl-1' };
    const opened = authorized(22, [], { responseElements: { securityGroupRuleSet: { items: [item] } } });
    const groups = [
      group([{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, PrefixListIds: [{ PrefixListId: 'pl-1' }] }]),
    ];
    const lists = { PrefixLists: [{ PrefixListId: 'pl-1', Entries: [{ Cidr: '0.0.0.0/0' }] }] };
    const known = await json(opened, '--state', file('known.json', [...groups, lists]));
    expect(verdicts(known.report)).toEqual(['closed fresh 22 pl-1']);
    const unknown = await json(opened, '--state', file('unknown.json', groups));
    expect([unknown.code, verdicts(unknown.report)]).toEqual([2, ['kept fresh 22 pl-1']]);
  });

  it('replays several events in order: a closed rule is gone for the next event', async () => {
    const { report } = await json({ Records: [event, authorized(443, ['0.0.0.0/0'], { eventID: 'second' })] });
    expect(verdicts(report)).toEqual([
      'closed fresh 22 0.0.0.0/0',
      'kept fresh 22 10.0.0.0/8',
      'kept fresh 443 0.0.0.0/0',
      'kept existing 22 10.0.0.0/8',
    ]);
  });

  it('ignores an event that comes twice', async () => {
    expect(verdicts((await json([event, event])).report)).toEqual([
      'closed fresh 22 0.0.0.0/0',
      'kept fresh 22 10.0.0.0/8',
      'kept fresh 22 10.0.0.0/8',
    ]);
  });

  it.each([
    ['as EventBridge delivers it', { 'detail-type': 'AWS API Call via CloudTrail', detail: event }],
    ['in an array', [event]],
    ['in a log file', { Records: [event] }],
  ])('reads an event %s', async (_how, input) => {
    expect(verdicts((await json(input)).report)).toContain('closed fresh 22 0.0.0.0/0');
  });

  it('reads JSON lines and compressed files', async () => {
    const { gzipSync } = await import('node:zlib');
    const lines = `${JSON.stringify(event)}\n${JSON.stringify(authorized(443, ['0.0.0.0/0'], { eventID: 'second' }))}\n`;
    const packed = file('trail.json.gz', gzipSync(lines));
    const { out } = await cli(['simulate', packed, '--policy', GUARD, '--format', 'json']);
    expect(JSON.parse(out).changes).toHaveLength(2);
  });

  it('assumes that a modified rule is inbound, and says so', async () => {
    const modification = ec2('ModifySecurityGroupRules', {
      ModifySecurityGroupRulesRequest: {
        GroupId: 'sg-0aaaaaaaaaaaaaaa1',
        SecurityGroupRule: {
          SecurityGroupRuleId: 'sgr-7',
          SecurityGroupRule: { CidrIpv4: '0.0.0.0/0', FromPort: 3389, ToPort: 3389, IpProtocol: 'tcp' },
        },
      },
    });
    const { report } = await json(modification);
    expect(verdicts(report)).toEqual(['closed fresh 3389 0.0.0.0/0']);
    expect((await simulate(modification)).out).toContain('does not tell the direction of a modified rule');
  });

  it("strips a new VPC's default group, both directions", async () => {
    const born = ec2('CreateVpc', { cidrBlock: '10.0.0.0/16' }, { vpc: { vpcId: 'vpc-0ccccccccccccccc9' } });
    const { report } = await json(born);
    expect(report.changes[0].calls.map((call: string) => call.split(' ')[2])).toEqual([
      'revoke-security-group-ingress',
      'revoke-security-group-egress',
    ]);
  });

  it('keeps the outbound rule of a new group, and reports it', async () => {
    const made = ec2('CreateSecurityGroup', { groupName: 'web', vpcId: 'vpc-1' }, { groupId: 'sg-0bbbbbbbbbbbbbbb1' });
    const { code, report } = await json(made);
    expect([code, verdicts(report)]).toEqual([0, ['reported fresh -1 0.0.0.0/0']]);
    expect(report.changes[0].groups).toMatchObject([{ groupName: 'web' }]);
  });

  it('keeps rules that an AWS service opened in its own group, with the reason, and closes those of others', async () => {
    const state = file('emr.json', [
      group([permission('tcp', 22, '0.0.0.0/0')], { GroupName: 'ElasticMapReduce-master' }),
    ]);
    const opening = authorized(22, ['0.0.0.0/0']);
    const byService = { type: 'AWSService', invokedBy: 'elasticmapreduce.amazonaws.com' };
    const { report } = await json({ ...opening, userIdentity: byService }, '--state', state);
    expect(report.changes[0].groups[0].rules[0]).toMatchObject({
      verdict: 'told',
      because: [
        expect.stringContaining('world-open-admin'),
        expect.stringContaining('held at alert: Amazon EMR, which owns the group, opened this rule itself'),
      ],
    });
    const other = await json(opening, '--state', state);
    expect(other.report.changes[0].groups[0].rules[0]).toMatchObject({ verdict: 'closed' });
  });

  it('prints why an event changes nothing, and ends with 0', async () => {
    const failed = { ...event, errorCode: 'Client.InvalidPermission.Duplicate' };
    const { code, out } = await simulate(failed);
    expect(code).toBe(0);
    expect(out).toContain('AuthorizeSecurityGroupIngress (Client.InvalidPermission.Duplicate): The call failed');
    expect(out).toContain('Nothing was judged, because no event changes a security group.');
    expect(out).not.toContain('No findings');
  });

  it('lists ten ignored events and counts the rest', async () => {
    const other = { ...event, eventName: 'DescribeVpcs' };
    const { out } = await simulate({ Records: Array.from({ length: 13 }, () => other) });
    expect(out).toContain('… and 3 events more that change no security group');
  });

  it('names the event and the field that it cannot read, and replays the others', async () => {
    const { code, report, err } = await json({ Records: [{ ...event, eventID: 7 }, 'nonsense', event] });
    expect(code).toBe(2);
    expect(report.errors).toEqual([
      "stdin: Records[0]: event: eventID: expected CloudTrail's id of the event",
      'stdin: Records[1]: event: top level: expected a CloudTrail record, or an EventBridge event with one under detail',
    ]);
    expect(err.split('\n')).toHaveLength(3);
    expect(verdicts(report)).toContain('closed fresh 22 0.0.0.0/0');
  });

  it('requires an event', async () => {
    expect(await cli(['simulate'])).toMatchObject({ code: 2, err: expect.stringContaining('expected EVENT.json') });
  });
});

describe('why a rule is kept', () => {
  it.each([
    ['10.0.0.0/8', 'its source is no address of the internet'],
    ['198.51.100.7/32', 'its source is no address of the internet'],
    ['12.0.0.0/10', 'its source is 0.113 % of the internet: too little to be the world'],
  ])('with the source %s', async (cidr, why) => {
    const { report } = await json(authorized(22, [cidr]));
    expect(report.changes[0].groups[0].rules[0].because).toEqual([why]);
  });

  it('with a public port', async () => {
    const { report } = await json(authorized(443, ['0.0.0.0/0']));
    expect(report.changes[0].groups[0].rules[0].because).toEqual([
      'open to the world: the policy has no objection to tcp 443',
    ]);
  });

  it('for ICMP, a group as source, an outbound rule', async () => {
    const state = file('kept.json', [
      group([permission('icmp', -1, '0.0.0.0/0'), { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-2' }] }], {
        IpPermissionsEgress: [permission('tcp', 443, '0.0.0.0/0')],
      }),
    ]);
    const { report } = await json(authorized(443, ['0.0.0.0/0']), '--state', state);
    expect(report.changes[0].groups[0].rules.slice(1).map(({ because }: Row) => because[0])).toEqual([
      'open to the world: the policy has no objection to icmp',
      'its source is a group, not the internet',
      'outbound: no control of the policy objects',
    ]);
  });
});

/** An event of its own second, so that several make a sequence. */
function at(second: number, one: object) {
  return {
    ...one,
    eventID: `c2b1f9ce-0000-4000-8000-00000000000${second}`,
    eventTime: `2026-01-02T03:05:0${second}Z`,
  };
}

const GROUP_ID = 'sg-0aaaaaaaaaaaaaaa1';

const SEVENTH = 'sgr-07777777777777777';

function halves(second: number, cidr: string) {
  const opening = authorized(22, [cidr]);
  const items = opening.responseElements.securityGroupRuleSet.items.map((item) => ({
    ...item,
    securityGroupRuleId: `sgr-0${second}`,
  }));
  return at(second, { ...opening, responseElements: { securityGroupRuleSet: { items } } });
}

function modified(second: number, cidr: string, port = 3389) {
  return at(
    second,
    ec2('ModifySecurityGroupRules', {
      ModifySecurityGroupRulesRequest: {
        GroupId: GROUP_ID,
        SecurityGroupRule: {
          SecurityGroupRuleId: SEVENTH,
          SecurityGroupRule: { CidrIpv4: cidr, FromPort: port, ToPort: port, IpProtocol: 'tcp' },
        },
      },
    }),
  );
}

function rules(...some: readonly (readonly [id: string, port: number, cidr: string])[]) {
  return {
    SecurityGroupRules: some.map(([SecurityGroupRuleId, port, CidrIpv4]) => ({
      SecurityGroupRuleId,
      GroupId: GROUP_ID,
      IsEgress: false,
      IpProtocol: 'tcp',
      FromPort: port,
      ToPort: port,
      CidrIpv4,
    })),
  };
}

describe('a sequence of events', () => {
  const [low, high] = ['8.0.0.0/9', '9.128.0.0/9'];
  const revoked = (second: number, requestParameters: object, responseElements: object = { _return: true }) =>
    at(second, ec2('RevokeSecurityGroupIngress', { groupId: GROUP_ID, ...requestParameters }, responseElements));
  const byContent = {
    ipPermissions: {
      items: [{ ipProtocol: 'tcp', fromPort: 22, toPort: 22, ipRanges: { items: [{ cidrIp: low }] } }],
    },
  };

  it('adds up two halves of the internet', async () => {
    const { report } = await json([halves(1, low), halves(2, high)]);
    expect(verdicts(report)).toContain(`closed fresh 22 ${high}`);
  });

  it.each<[string, object, object?]>([
    ['by content', byContent],
    ['by id', { securityGroupRuleIds: ['sgr-01'] }],
    [
      'as its answer tells',
      byContent,
      { revokedSecurityGroupRuleSet: { items: [{ groupId: GROUP_ID, securityGroupRuleId: 'sgr-01' }] } },
    ],
  ])('does not count a part that was revoked before the other came: %s', async (_how, request, response) => {
    const { code, report } = await json([halves(1, low), revoked(2, request, response), halves(3, high)]);
    expect(verdicts(report).at(-1)).toBe(`kept fresh 22 ${high}`);
    expect([code, report.findings]).toEqual([0, []]);
  });

  it('replays events in the order of their times, and says so', async () => {
    const events = [halves(1, low), revoked(2, byContent), halves(3, high)];
    const { report } = await json(events.toReversed());
    expect(verdicts(report).at(-1)).toBe(`kept fresh 22 ${high}`);
    expect((await simulate(events.toReversed())).out).toContain('not in the order of their eventTime');
    expect((await simulate(events)).out).not.toContain('not in the order of their eventTime');
  });

  it('judges a modified rule by its new content and its old direction', async () => {
    const state = file('before-modify.json', [group([]), rules([SEVENTH, 8443, '10.0.0.0/8'])]);
    const { report } = await json([modified(1, '0.0.0.0/0'), modified(2, '10.0.0.0/8')], '--state', state);
    expect(verdicts(report)).toEqual(['closed fresh 3389 0.0.0.0/0', 'kept fresh 3389 10.0.0.0/8']);
    const { out } = await simulate(modified(1, '0.0.0.0/0'), '--state', state);
    expect(out).not.toContain('does not tell the direction');
  });

  it('forgets the rules of a deleted group', async () => {
    const gone = at(2, ec2('DeleteSecurityGroup', { groupId: GROUP_ID }, { _return: true }));
    const { code, report } = await json([halves(1, low), gone, halves(3, high)]);
    expect([code, verdicts(report)]).toEqual([0, [`kept fresh 22 ${low}`, `kept fresh 22 ${high}`]]);
  });

  it('changes the entries of a prefix list', async () => {
    const named = [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, PrefixListIds: [{ PrefixListId: 'pl-1' }] }];
    const list = { PrefixLists: [{ PrefixListId: 'pl-1', Entries: [{ Cidr: '10.0.0.0/8' }] }] };
    const state = file('list.json', [group(named), list]);
    const change = (second: number, more: object) =>
      at(second, ec2('ModifyManagedPrefixList', { ModifyManagedPrefixListRequest: { PrefixListId: 'pl-1', ...more } }));
    const opened = change(1, { AddEntry: { Cidr: '0.0.0.0/0' } });
    expect(verdicts((await json(opened, '--state', state)).report)).toEqual(['asked fresh 22 pl-1']);
    const closedAgain = change(2, { RemoveEntry: { Cidr: '0.0.0.0/0' }, AddEntry: { Cidr: '10.1.0.0/16' } });
    const observed = file('observe.yaml', 'version: 1\npreset: observe\n');
    const { report } = await json([opened, closedAgain], '--state', state, '--policy', observed);
    expect(verdicts(report)).toEqual(['reported fresh 22 pl-1', 'kept fresh 22 pl-1']);
  });
});

describe('an unknown group', () => {
  it.each<[string, object]>([
    ['attached', ec2('CreateNetworkInterface', { groupSet: { items: [{ groupId: GROUP_ID }] } })],
    ['revoked from', ec2('RevokeSecurityGroupIngress', { groupId: GROUP_ID, securityGroupRuleIds: ['sgr-01'] })],
    ['named by its name', ec2('AuthorizeSecurityGroupIngress', { groupName: 'web', ipPermissions: {} })],
    ['that names a list', ec2('ModifyManagedPrefixList', { PrefixListId: 'pl-1', AddEntry: { Cidr: '0.0.0.0/0' } })],
    ['of an event without contents', ec2('AuthorizeSecurityGroupIngress', { groupId: GROUP_ID })],
    ['of a rule', ec2('ModifySecurityGroupRules', { SecurityGroupRule: { SecurityGroupRuleId: SEVENTH } })],
  ])('ends with 2 and a message: %s', async (_what, one) => {
    const { code, err, report } = await json(one);
    expect([code, report.groups]).toEqual([2, 0]);
    expect(err).toMatch(/^portcullis: stdin: .*: nothing is judged; give --state FILE with /);
    const { out } = await simulate(one);
    expect(out).toContain('Nothing was judged; 1 part could not be judged.');
    expect(out).not.toContain('No findings');
  });

  it('is judged in part if the state lacks it', async () => {
    const other = file('other.json', [group([], { GroupId: 'sg-0bbbbbbbbbbbbbbb2' })]);
    const { code, err, report } = await json(authorized(443, ['0.0.0.0/0']), '--state', other);
    expect([code, verdicts(report)]).toEqual([2, ['kept fresh 443 0.0.0.0/0']]);
    expect(err).toContain(`other rules of ${GROUP_ID} are unknown: only those in the events are judged`);
    const { out } = await simulate(authorized(443, ['0.0.0.0/0']), '--state', other);
    expect(out).toContain('1 rule: 1 kept. Nothing was found in the 1 group with 1 rule that could be judged');
  });

  it('is no error if it was deleted', async () => {
    expect(await json(ec2('DeleteSecurityGroup', { groupId: GROUP_ID }))).toMatchObject({ code: 0, err: '' });
  });

  it('is also an error without any event', async () => {
    for (const nothing of [[], { Records: [] }])
      expect(await simulate(nothing)).toMatchObject({ code: 2, err: 'portcullis: stdin: has no events\n' });
  });

  it('is distinguished from a file of groups', async () => {
    const { code, err } = await simulate({ SecurityGroups: [group([])] });
    expect([code, err]).toEqual([2, expect.stringContaining('portcullis scan reads it')]);
  });
});

describe('the reason why an open port stays', () => {
  const state = () => file('ssh.json', [group([permission('tcp', 22, '0.0.0.0/0'), permission('tcp', 443, '::/0')])]);
  const because = async (one: object, policy: string) => {
    const yaml = file('why.yaml', `version: 1\npreset: guard\n${policy}`);
    const ran = await cli(
      ['simulate', '-', '--policy', yaml, '--state', state(), '--format', 'json'],
      JSON.stringify(one),
    );
    const found = JSON.parse(ran.out).changes[0].groups[0].rules.find(({ fromPort }: Row) => fromPort === 22);
    return `${found.verdict}: ${found.because.join('; ')}`;
  };
  const opening = authorized(22, ['0.0.0.0/0']);
  const EXEMPTION =
    'exemptions: [{group: shop-web, ports: [22], owner: lab, reason: a test, from: 2026-01-01, until: 2026-01-31}]\n';

  it.each<[string, object, string, string]>([
    [
      'the event takes rules away',
      ec2('RevokeSecurityGroupIngress', { groupId: GROUP_ID, securityGroupRuleIds: ['sgr-01'] }),
      '',
      'kept: world-open-admin objects, but does not run on RevokeSecurityGroupIngress: the next sweep judges the rule (mode alert)',
    ],
    [
      'it is exempt',
      opening,
      EXEMPTION,
      'kept: exempt from world-open-admin until 2026-02-01T00:00Z, owner lab: a test',
    ],
    [
      'the control is off',
      opening,
      'controls: {world-open-admin: off, world-open-other: off}\n',
      'kept: world-open-admin would object, but the policy turns it off for new rules',
    ],
    [
      'the account is off',
      opening,
      'mode: off\n',
      "kept: world-open-admin would object, but is held at off: the policy's mode for the account is off",
    ],
  ])('%s', async (_why, one, policy, expected) => {
    expect(await because(one, policy)).toBe(expected);
  });
});
