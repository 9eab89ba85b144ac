import { describe, expect, it } from 'vitest';
import { grants } from '../../../../shared/adapters/aws/ec2/grants.ts';
import type { AuthorizeStep } from '../../../../shared/domain/ec2.ts';
import { CallFailed } from '../../../../shared/domain/errors.ts';
import type { Rule, Source } from '../../../../shared/domain/group.ts';
import { answering, ec2Error } from '../answering.ts';

function wanted(port: number, source: Source, more: Partial<Rule> = {}): Rule {
  return {
    groupId: 'sg-1',
    direction: 'ingress',
    protocol: 'tcp',
    fromPort: port,
    toPort: port,
    source,
    ...more,
  };
}

function cidr(text: string): Source {
  return { kind: 'ipv4', cidr: text };
}

const OFFICE = wanted(22, cidr('192.0.2.0/24'), { description: 'office', tags: { ticket: 'A-1' } });

function step(rules: readonly Rule[], direction: AuthorizeStep['direction'] = 'ingress'): AuthorizeStep {
  return {
    do: 'authorize',
    groupId: 'sg-1',
    direction,
    rules,
  };
}

function sdkRule(id: string, port: number, CidrIpv4: string, more: object = {}) {
  return {
    SecurityGroupRuleId: id,
    GroupId: 'sg-1',
    IsEgress: false,
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    CidrIpv4,
    ...more,
  };
}

function failing(name: string, status = 400): never {
  throw ec2Error(name, status);
}

const slept: number[] = [];
const clock = {
  sleep: async (ms: number) => {
    slept.push(ms);
  },
};

function idsOf(rules: readonly Rule[]) {
  return rules.map(({ id }) => id);
}

describe('authorize', () => {
  it('adds rules with their descriptions and tags, and gives them back with the ids that EC2 gave', async () => {
    const Tags = [{ Key: 'ticket', Value: 'A-1' }];
    const { ec2, sent } = answering({
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
      AuthorizeSecurityGroupIngress: () => ({
        SecurityGroupRules: [sdkRule('sgr-9', 22, '192.0.2.0/24', { Description: 'office', Tags })],
      }),
    });
    expect(await grants(ec2, clock).authorize(step([OFFICE]))).toEqual([{ ...OFFICE, id: 'sgr-9' }]);
    expect(sent[1]).toEqual({
      call: 'AuthorizeSecurityGroupIngress',
      input: {
        GroupId: 'sg-1',
        IpPermissions: [
          {
            IpProtocol: 'tcp',
            FromPort: 22,
            ToPort: 22,
            IpRanges: [{ CidrIp: '192.0.2.0/24', Description: 'office' }],
          },
        ],
        TagSpecifications: [{ ResourceType: 'security-group-rule', Tags }],
      },
    });
  });

  it.each<[string, Source, object]>([
    ['an IPv6 block', { kind: 'ipv6', cidr: '2001:db8::/32' }, { Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32' }] }],
    [
      'a prefix list',
      { kind: 'prefix-list', id: 'pl-1', cidrs: ['192.0.2.0/24'] },
      { PrefixListIds: [{ PrefixListId: 'pl-1' }] },
    ],
    [
      'a group',
      { kind: 'group', groupId: 'sg-2', ownerId: '111122223333' },
      { UserIdGroupPairs: [{ GroupId: 'sg-2', UserId: '111122223333' }] },
    ],
    [
      'a group beyond a peering',
      { kind: 'group', groupId: 'sg-3', ownerId: '444455556666', vpcId: 'vpc-3', peeringId: 'pcx-1' },
      {
        UserIdGroupPairs: [
          { GroupId: 'sg-3', UserId: '444455556666', VpcId: 'vpc-3', VpcPeeringConnectionId: 'pcx-1' },
        ],
      },
    ],
  ])('names %s as EC2 takes it', async (_what, source, ranges) => {
    const { ec2, sent } = answering({
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
      AuthorizeSecurityGroupEgress: () => ({ SecurityGroupRules: [] }),
    });
    const rule = wanted(443, source, { direction: 'egress' });
    await expect(grants(ec2, clock).authorize(step([rule], 'egress'))).rejects.toThrow('NotShown');
    expect(sent[1]?.input['IpPermissions']).toEqual([{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, ...ranges }]);
  });

  it('makes one call for each set of tags, whatever the order of the keys, and none of AWS’s own', async () => {
    const { ec2, sent } = answering({
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
      AuthorizeSecurityGroupIngress: ({ IpPermissions }) => ({
        SecurityGroupRules: (IpPermissions as { FromPort: number }[]).map(({ FromPort }) =>
          sdkRule(`sgr-${FromPort}`, FromPort, '192.0.2.0/24'),
        ),
      }),
    });
    const tagged = (port: number, tags: Record<string, string>) => wanted(port, cidr('192.0.2.0/24'), { tags });
    const rules = [
      tagged(1, { a: '1', b: '2' }),
      tagged(2, { 'aws:cloudformation:stack-name': 'x' }),
      tagged(3, { b: '2', a: '1' }),
      wanted(4, cidr('192.0.2.0/24')),
    ];
    expect(idsOf(await grants(ec2, clock).authorize(step(rules)))).toEqual(['sgr-1', 'sgr-2', 'sgr-3', 'sgr-4']);
    const calls = sent.filter(({ call }) => call.startsWith('Authorize'));
    expect(calls.map(({ input }) => input['TagSpecifications'])).toEqual([
      [
        {
          ResourceType: 'security-group-rule',
          Tags: [
            { Key: 'a', Value: '1' },
            { Key: 'b', Value: '2' },
          ],
        },
      ],
      undefined,
    ]);
  });

  it('leaves a rule that stands as it is, description and all, and gives it back', async () => {
    const { ec2, sent } = answering({
      DescribeSecurityGroupRules: () => ({
        SecurityGroupRules: [sdkRule('sgr-1', 22, '192.0.2.0/24', { Description: 'by hand' })],
      }),
    });
    const [rule] = await grants(ec2, clock).authorize(step([OFFICE]));
    expect(rule).toMatchObject({ id: 'sgr-1', description: 'by hand' });
    expect(sent).toHaveLength(1);
  });

  it('adds what is missing beside what stands, and the same rule once', async () => {
    const { ec2, sent } = answering({
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [sdkRule('sgr-1', 22, '192.0.2.0/24')] }),
      AuthorizeSecurityGroupIngress: () => ({ SecurityGroupRules: [sdkRule('sgr-2', 23, '192.0.2.0/24')] }),
    });
    const telnet = wanted(23, cidr('192.0.2.0/24'));
    const rules = [telnet, OFFICE, wanted(23, cidr('192.0.2.77/24'))];
    expect(idsOf(await grants(ec2, clock).authorize(step(rules)))).toEqual(['sgr-2', 'sgr-1']);
    expect(sent[1]?.input['IpPermissions']).toHaveLength(1);
  });

  it('looks again where EC2 says that a rule stands which it did not show, as after an answer that was lost', async () => {
    slept.length = 0;
    const { ec2 } = answering({
      DescribeSecurityGroupRules: (_input, nth) => ({
        SecurityGroupRules: nth < 3 ? [] : [sdkRule('sgr-1', 22, '192.0.2.0/24')],
      }),
      AuthorizeSecurityGroupIngress: () => failing('InvalidPermission.Duplicate'),
    });
    expect(idsOf(await grants(ec2, clock).authorize(step([OFFICE])))).toEqual(['sgr-1']);
    expect(slept).toEqual([500, 1000]);
  });

  it('gives up, to be tried again, where EC2 contradicts itself for seconds', async () => {
    const { ec2 } = answering({
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
      AuthorizeSecurityGroupIngress: () => failing('InvalidPermission.Duplicate'),
    });
    await expect(grants(ec2, clock).authorize(step([OFFICE]))).rejects.toMatchObject({
      code: 'InvalidPermission.Duplicate',
      retryable: true,
    });
  });

  it('passes on that the quota is full', async () => {
    const { ec2 } = answering({
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
      AuthorizeSecurityGroupIngress: () => failing('RulesPerSecurityGroupLimitExceeded'),
    });
    const authorizing = grants(ec2, clock).authorize(step([OFFICE]));
    await expect(authorizing).rejects.toMatchObject({ code: 'RulesPerSecurityGroupLimitExceeded', retryable: false });
    await expect(authorizing).rejects.toThrow(CallFailed);
  });

  it('says what it has added where a later call is refused, and the next try meets the refusal alone', async () => {
    const there: object[] = [];
    const { ec2 } = answering({
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: there }),
      AuthorizeSecurityGroupIngress: () => {
        if (there.length > 0) failing('RulesPerSecurityGroupLimitExceeded');
        there.push(sdkRule('sgr-1', 22, '192.0.2.0/24'));
        return { SecurityGroupRules: there };
      },
    });
    const both = step([OFFICE, wanted(23, cidr('192.0.2.0/24'))]);
    await expect(grants(ec2, clock).authorize(both)).rejects.toMatchObject({
      code: 'PartlyAuthorized',
      retryable: true,
      message: expect.stringContaining('sgr-1 added, then AuthorizeSecurityGroupIngress: RulesPerSecurityGroupLimit'),
    });
    await expect(grants(ec2, clock).authorize(both)).rejects.toMatchObject({
      code: 'RulesPerSecurityGroupLimitExceeded',
    });
  });

  it('calls nobody for no rules', async () => {
    const { ec2, sent } = answering({});
    expect(await grants(ec2, clock).authorize(step([]))).toEqual([]);
    expect(sent).toEqual([]);
  });
});

const LIKE = {
  name: 'from-default',
  description: 'Stands in for the default group',
  vpcId: 'vpc-1',
  tags: { 'portcullis:replaces': 'sg-0' },
};

function described(tags: Record<string, string>) {
  return {
    GroupId: 'sg-7',
    GroupName: 'from-default',
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  };
}

function allOut(id: string) {
  return {
    SecurityGroupRuleId: id,
    GroupId: 'sg-7',
    IsEgress: true,
    IpProtocol: '-1',
    FromPort: -1,
    ToPort: -1,
    CidrIpv4: '0.0.0.0/0',
  };
}

function callsOf(sent: readonly { readonly call: string }[]) {
  return sent.map(({ call }) => call);
}

describe('createGroup', () => {
  it('makes a group with its tags, and takes out the rule that EC2 gives it, once it is shown', async () => {
    const { ec2, sent } = answering({
      CreateSecurityGroup: () => ({ GroupId: 'sg-7' }),
      DescribeSecurityGroupRules: (_input, nth) => ({ SecurityGroupRules: nth === 1 ? [] : [allOut('sgr-1')] }),
      RevokeSecurityGroupEgress: () => ({ Return: true }),
    });
    expect(await grants(ec2, clock).createGroup(LIKE)).toBe('sg-7');
    expect(sent[0]?.input).toEqual({
      GroupName: 'from-default',
      Description: 'Stands in for the default group',
      VpcId: 'vpc-1',
      TagSpecifications: [{ ResourceType: 'security-group', Tags: [{ Key: 'portcullis:replaces', Value: 'sg-0' }] }],
    });
    expect(sent.at(-1)).toEqual({
      call: 'RevokeSecurityGroupEgress',
      input: { GroupId: 'sg-7', SecurityGroupRuleIds: ['sgr-1'] },
    });
  });

  it('gives up, to be tried again, on a group whose first rule does not show', async () => {
    const { ec2 } = answering({
      CreateSecurityGroup: () => ({ GroupId: 'sg-7' }),
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
    });
    await expect(grants(ec2, clock).createGroup(LIKE)).rejects.toMatchObject({ code: 'NotShown', retryable: true });
  });

  it.each([
    ['has nothing in it', [], [], 0],
    ['has only what EC2 gave it', [allOut('sgr-1')], [], 1],
    ['is in use', [allOut('sgr-1')], [{ NetworkInterfaceId: 'eni-1' }], 0],
    ['has a rule of ours', [allOut('sgr-1'), sdkRule('sgr-2', 22, '192.0.2.0/24')], [], 0],
    ['has what EC2 gives with somebody’s description', [{ ...allOut('sgr-1'), Description: 'out' }], [], 0],
  ])('finds the one that it made before, and strips it where it %s: %#', async (_what, rules, interfaces, revokes) => {
    const { ec2, sent } = answering({
      CreateSecurityGroup: () => failing('InvalidGroup.Duplicate'),
      DescribeSecurityGroups: () => ({
        SecurityGroups: [
          { ...described({}), GroupName: 'from-default-2', GroupId: 'sg-8' },
          described({ ...LIKE.tags, more: 'by a robot' }),
        ],
      }),
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: rules }),
      DescribeNetworkInterfaces: () => ({ NetworkInterfaces: interfaces }),
      RevokeSecurityGroupEgress: () => ({ Return: true }),
    });
    expect(await grants(ec2, clock).createGroup(LIKE)).toBe('sg-7');
    expect(callsOf(sent).filter((call) => call.startsWith('Revoke'))).toHaveLength(revokes);
  });

  it('takes no group of the name that somebody else has made', async () => {
    const { ec2 } = answering({
      CreateSecurityGroup: () => failing('InvalidGroup.Duplicate'),
      DescribeSecurityGroups: () => ({ SecurityGroups: [described({ 'portcullis:replaces': 'sg-9' })] }),
    });
    await expect(grants(ec2, clock).createGroup(LIKE)).rejects.toMatchObject({
      code: 'InvalidGroup.Duplicate',
      retryable: false,
    });
  });

  it('is to be tried again where the name is taken by a group that no description shows yet', async () => {
    const { ec2 } = answering({
      CreateSecurityGroup: () => failing('InvalidGroup.Duplicate'),
      DescribeSecurityGroups: () => ({ SecurityGroups: [] }),
    });
    await expect(grants(ec2, clock).createGroup(LIKE)).rejects.toMatchObject({ retryable: true });
  });

  it('is content where the first rule is gone, as after an answer that was lost', async () => {
    const { ec2 } = answering({
      CreateSecurityGroup: () => ({ GroupId: 'sg-7' }),
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [allOut('sgr-1')] }),
      RevokeSecurityGroupEgress: () => failing('InvalidSecurityGroupRuleId.NotFound'),
    });
    expect(await grants(ec2, clock).createGroup(LIKE)).toBe('sg-7');
  });
});

describe('deleteGroup', () => {
  it('is content where the group is gone, and passes on that something uses it', async () => {
    const answers = [
      () => ({ Return: true }),
      () => failing('InvalidGroup.NotFound'),
      () => failing('DependencyViolation'),
    ];
    const { ec2 } = answering({ DeleteSecurityGroup: (_input, nth) => answers[nth - 1]?.() ?? {} });
    const deleteGroup = async (id: string) => await grants(ec2, clock).deleteGroup(id);
    await expect(deleteGroup('sg-7')).resolves.toBeUndefined();
    await expect(deleteGroup('sg-7')).resolves.toBeUndefined();
    await expect(deleteGroup('sg-7')).rejects.toMatchObject({ code: 'DependencyViolation', retryable: false });
  });
});

describe('attach', () => {
  it('puts an interface under exactly the groups named', async () => {
    const { ec2, sent } = answering({ ModifyNetworkInterfaceAttribute: () => ({}) });
    await grants(ec2, clock).attach('eni-1', ['sg-1', 'sg-7']);
    expect(sent).toEqual([
      {
        call: 'ModifyNetworkInterfaceAttribute',
        input: { NetworkInterfaceId: 'eni-1', Groups: ['sg-1', 'sg-7'] },
      },
    ]);
  });

  it('passes on that they are too many', async () => {
    const { ec2 } = answering({
      ModifyNetworkInterfaceAttribute: () => failing('SecurityGroupsPerInterfaceLimitExceeded'),
    });
    await expect(grants(ec2, clock).attach('eni-1', ['sg-1'])).rejects.toMatchObject({
      code: 'SecurityGroupsPerInterfaceLimitExceeded',
      retryable: false,
    });
  });
});
