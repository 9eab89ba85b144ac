import type { IpPermission } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { securityGroups } from '../../../../shared/adapters/aws/ec2/snapshot.ts';
import type { RevokeStep } from '../../../../shared/domain/ec2.ts';
import { CallFailed, InputInvalid } from '../../../../shared/domain/errors.ts';
import type { Rule } from '../../../../shared/domain/group.ts';
import { answering, ec2Error, type Sent } from '../answering.ts';

function rule(id: string, cidr: string): Rule {
  return {
    id,
    groupId: 'sg-1',
    direction: 'ingress',
    protocol: 'tcp',
    fromPort: 22,
    toPort: 22,
    source: { kind: 'ipv4', cidr },
    description: 'ssh',
    tags: { ticket: 'A-1' },
  };
}

function sdkRule(id: string, CidrIpv4: string) {
  return {
    SecurityGroupRuleId: id,
    GroupId: 'sg-1',
    IsEgress: false,
    IpProtocol: 'tcp',
    FromPort: 22,
    ToPort: 22,
    CidrIpv4,
  };
}

const WORLD = rule('sgr-1', '0.0.0.0/0');
const HALF = rule('sgr-2', '128.0.0.0/1');
function step(rules: readonly Rule[], direction: RevokeStep['direction'] = 'ingress'): RevokeStep {
  return {
    do: 'revoke',
    groupId: 'sg-1',
    direction,
    rules,
  };
}

function failing(name: string, status = 400) {
  return () => {
    throw ec2Error(name, status);
  };
}

function permission(CidrIp: string) {
  return { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp }] };
}

const NOTHING = { removed: [], gone: [], changed: [], unanswered: [] } as const;

/** The sources that each Revoke names, call by call. */
function revokedIn(sent: readonly Sent[]): readonly unknown[] {
  return sent
    .filter(({ call }) => call.startsWith('Revoke'))
    .map(({ input }) => (input['IpPermissions'] as IpPermission[]).map(({ IpRanges }) => IpRanges?.[0]?.CidrIp));
}

/** EC2 with these rules, outside the default VPC; `before` runs before each call and may change them. */
function holding(rules: Map<string, string>, before: (call: string) => void = () => undefined) {
  return answering({
    RevokeSecurityGroupIngress: (input) => {
      before('RevokeSecurityGroupIngress');
      const cidrs = (input['IpPermissions'] as IpPermission[]).map(({ IpRanges }) => IpRanges?.[0]?.CidrIp ?? '');
      const ids = cidrs.flatMap((cidr) => [...rules].filter(([, one]) => one === cidr));
      if (ids.length < cidrs.length) throw ec2Error('InvalidPermission.NotFound');
      for (const [id] of ids) rules.delete(id);
      return { Return: true, RevokedSecurityGroupRules: ids.map(([id, cidr]) => sdkRule(id, cidr)) };
    },
    DescribeSecurityGroupRules: () => {
      before('DescribeSecurityGroupRules');
      return { SecurityGroupRules: Array.from(rules, ([id, cidr]) => sdkRule(id, cidr)) };
    },
  });
}

describe('revoke', () => {
  it('removes all rules of the step in one call, by content and without their descriptions', async () => {
    const { ec2, sent } = answering({
      RevokeSecurityGroupIngress: () => ({
        RevokedSecurityGroupRules: [sdkRule('sgr-1', '0.0.0.0/0'), sdkRule('sgr-2', '128.0.0.0/1')],
      }),
    });
    const revoked = await securityGroups(ec2).revoke(step([WORLD, HALF]));
    expect(revoked).toEqual({ ...NOTHING, removed: [WORLD, HALF] });
    const IpPermissions = [permission('0.0.0.0/0'), permission('128.0.0.0/1')];
    expect(sent).toEqual([{ call: 'RevokeSecurityGroupIngress', input: { GroupId: 'sg-1', IpPermissions } }]);
  });

  it.each<[string, Partial<Rule>, IpPermission]>([
    ['every protocol', { protocol: '-1', fromPort: -1, toPort: -1 }, { IpProtocol: '-1' }],
    ['a protocol by its number', { protocol: '50', fromPort: -1, toPort: -1 }, { IpProtocol: '50' }],
    ['UDP', { protocol: 'udp', fromPort: 0, toPort: 65_535 }, { IpProtocol: 'udp', FromPort: 0, ToPort: 65_535 }],
    ['one ICMP type', { protocol: 'icmp', fromPort: 8, toPort: -1 }, { IpProtocol: 'icmp', FromPort: 8, ToPort: -1 }],
    ['all of ICMP', { protocol: 'icmp', fromPort: -1, toPort: -1 }, { IpProtocol: 'icmp', FromPort: -1, ToPort: -1 }],
    ['ICMPv6', { protocol: 'icmpv6', fromPort: 128, toPort: 0 }, { IpProtocol: 'icmpv6', FromPort: 128, ToPort: 0 }],
  ])('names %s as EC2 does', async (_what, traffic, expected) => {
    const { ec2, sent } = answering({
      RevokeSecurityGroupIngress: () => ({ RevokedSecurityGroupRules: [{ SecurityGroupRuleId: 'sgr-1' }] }),
    });
    await securityGroups(ec2).revoke(step([{ ...WORLD, ...traffic }]));
    const IpRanges = [{ CidrIp: '0.0.0.0/0' }];
    expect(sent[0]?.input['IpPermissions']).toEqual([{ ...expected, IpRanges }]);
  });

  it.each<[string, Rule['source'], IpPermission]>([
    ['IPv6', { kind: 'ipv6', cidr: '::/0' }, { Ipv6Ranges: [{ CidrIpv6: '::/0' }] }],
    [
      'a prefix list',
      { kind: 'prefix-list', id: 'pl-1', cidrs: ['0.0.0.0/0'] },
      { PrefixListIds: [{ PrefixListId: 'pl-1' }] },
    ],
    [
      'a group of the same VPC',
      { kind: 'group', groupId: 'sg-2', ownerId: '111122223333' },
      { UserIdGroupPairs: [{ GroupId: 'sg-2', UserId: '111122223333' }] },
    ],
    [
      'a group over a peering connection',
      { kind: 'group', groupId: 'sg-2', ownerId: '444455556666', vpcId: 'vpc-2', peeringId: 'pcx-1' },
      {
        UserIdGroupPairs: [
          { GroupId: 'sg-2', UserId: '444455556666', VpcId: 'vpc-2', VpcPeeringConnectionId: 'pcx-1' },
        ],
      },
    ],
  ])('names %s', async (_what, source, expected) => {
    const { ec2, sent } = answering({
      RevokeSecurityGroupIngress: () => ({ RevokedSecurityGroupRules: [{ SecurityGroupRuleId: 'sgr-1' }] }),
    });
    await securityGroups(ec2).revoke(step([{ ...WORLD, source }]));
    expect(sent[0]?.input['IpPermissions']).toEqual([{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, ...expected }]);
  });

  it('uses the egress call for egress rules', async () => {
    const { ec2, sent } = answering({
      RevokeSecurityGroupEgress: () => ({
        RevokedSecurityGroupRules: [{ ...sdkRule('sgr-1', '0.0.0.0/0'), IsEgress: true }],
      }),
    });
    const egress = { ...WORLD, direction: 'egress' } as const;
    expect((await securityGroups(ec2).revoke(step([egress], 'egress'))).removed).toEqual([egress]);
    expect(sent.map(({ call }) => call)).toEqual(['RevokeSecurityGroupEgress']);
  });

  it('knows a removed reference to another group again', async () => {
    const reference: Rule = { ...WORLD, source: { kind: 'group', groupId: 'sg-2', ownerId: '111122223333' } };
    const { CidrIpv4: _, ...answer } = sdkRule('sgr-1', '');
    const { ec2 } = answering({
      RevokeSecurityGroupIngress: () => ({ RevokedSecurityGroupRules: [{ ...answer, ReferencedGroupId: 'sg-2' }] }),
    });
    expect((await securityGroups(ec2).revoke(step([reference]))).removed).toEqual([reference]);
  });

  it('reports the decided rule where EC2’s answer about a rule that is gone is not understood', async () => {
    const { ec2 } = answering({
      RevokeSecurityGroupIngress: () => ({ RevokedSecurityGroupRules: [{ SecurityGroupRuleId: 'sgr-1' }] }),
    });
    expect(await securityGroups(ec2).revoke(step([WORLD]))).toEqual({ ...NOTHING, removed: [WORLD] });
  });

  it('reports the id that the content had where somebody had removed the rule and added it again', async () => {
    const { ec2 } = holding(new Map([['sgr-9', '0.0.0.0/0']]));
    const { description: _, tags: _tags, ...content } = rule('sgr-9', '0.0.0.0/0');
    expect(await securityGroups(ec2).revoke(step([WORLD]))).toEqual({ ...NOTHING, removed: [content] });
  });

  it('removes the rest where one rule is gone', async () => {
    const { ec2, sent } = holding(new Map([['sgr-2', '128.0.0.0/1']]));
    expect(await securityGroups(ec2).revoke(step([WORLD, HALF]))).toEqual({
      ...NOTHING,
      removed: [HALF],
      gone: [WORLD],
    });
    expect(revokedIn(sent)).toEqual([['0.0.0.0/0', '128.0.0.0/1'], ['128.0.0.0/1']]);
  });

  it('removes the rest where one rule was changed, and leaves that one alone', async () => {
    const rules = new Map([
      ['sgr-1', '192.0.2.7/32'],
      ['sgr-2', '128.0.0.0/1'],
    ]);
    const { ec2 } = holding(rules);
    expect(await securityGroups(ec2).revoke(step([WORLD, HALF]))).toEqual({
      ...NOTHING,
      removed: [HALF],
      changed: [WORLD],
    });
    expect([...rules]).toEqual([['sgr-1', '192.0.2.7/32']]);
  });

  it('reports both a content that went under another id and the changed rule that had it', async () => {
    const rules = new Map([
      ['sgr-1', '192.0.2.7/32'],
      ['sgr-9', '0.0.0.0/0'],
    ]);
    const { ec2 } = holding(rules);
    const { removed, changed } = await securityGroups(ec2).revoke(step([WORLD]));
    expect([removed.map(({ id }) => id), changed]).toEqual([['sgr-9'], [WORLD]]);
  });

  it('removes every other rule while one goes to and fro between two contents', async () => {
    const decided = [WORLD, ...[2, 3, 4, 5, 6, 7, 8].map((n) => rule(`sgr-${n}`, `${n}.0.0.0/8`))];
    const rules = new Map(decided.map(({ id, source }) => [id ?? '', 'cidr' in source ? source.cidr : '']));
    const { ec2, sent } = holding(rules, (call) => {
      rules.set('sgr-1', call.startsWith('Revoke') ? '1.0.0.0/8' : '0.0.0.0/0');
    });
    const revoked = await securityGroups(ec2).revoke(step(decided));
    expect(revoked.removed.map(({ id }) => id)).toEqual(decided.slice(1).map(({ id }) => id));
    expect(revoked).toMatchObject({ gone: [], changed: [], fault: { retryable: true } });
    expect(revokedIn(sent).length).toBeLessThan(12);
  });

  it('is content when every rule was gone first', async () => {
    const { ec2 } = holding(new Map());
    expect(await securityGroups(ec2).revoke(step([WORLD, HALF]))).toEqual({ ...NOTHING, gone: [WORLD, HALF] });
  });

  it('is content when the group was gone first', async () => {
    const { ec2 } = answering({
      RevokeSecurityGroupIngress: failing('InvalidGroup.NotFound'),
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
    });
    expect(await securityGroups(ec2).revoke(step([WORLD]))).toEqual({ ...NOTHING, gone: [WORLD] });
  });

  it('says of rules that are gone that a call without an answer may have removed them', async () => {
    const { ec2 } = answering({
      RevokeSecurityGroupIngress: () => {
        throw Object.assign(ec2Error('InvalidPermission.NotFound', 400), { $metadata: { attempts: 2 } });
      },
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [sdkRule('sgr-2', '192.0.2.7/32')] }),
    });
    expect(await securityGroups(ec2).revoke(step([WORLD, HALF]))).toEqual({
      ...NOTHING,
      gone: [WORLD],
      changed: [HALF],
      unanswered: [WORLD],
    });
  });

  it('says so in the default VPC, too, where the second answer is no error', async () => {
    const { ec2 } = answering({
      RevokeSecurityGroupIngress: () => ({
        $metadata: { attempts: 2 },
        Return: true,
        UnknownIpPermissions: [permission('0.0.0.0/0')],
      }),
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
    });
    expect(await securityGroups(ec2).revoke(step([WORLD]))).toEqual({ ...NOTHING, gone: [WORLD], unanswered: [WORLD] });
  });

  it('believes neither Return nor the absence of an error in the default VPC', async () => {
    const { ec2 } = answering({
      RevokeSecurityGroupIngress: () => ({
        Return: true,
        RevokedSecurityGroupRules: [sdkRule('sgr-2', '128.0.0.0/1')],
        UnknownIpPermissions: [permission('0.0.0.0/0')],
      }),
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [sdkRule('sgr-1', '192.0.2.7/32')] }),
    });
    expect(await securityGroups(ec2).revoke(step([WORLD, HALF]))).toEqual({
      ...NOTHING,
      removed: [HALF],
      changed: [WORLD],
    });
  });

  it('does not count what EC2 did not know as removed, though it is gone', async () => {
    const { ec2 } = answering({
      RevokeSecurityGroupIngress: () => ({ Return: true, UnknownIpPermissions: [permission('0.0.0.0/0')] }),
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
    });
    expect(await securityGroups(ec2).revoke(step([WORLD]))).toEqual({ ...NOTHING, gone: [WORLD] });
  });

  it('does not believe that a group is gone while its rules are described: it may be too new', async () => {
    const { ec2 } = answering({
      RevokeSecurityGroupIngress: failing('InvalidGroup.NotFound'),
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [sdkRule('sgr-1', '0.0.0.0/0')] }),
    });
    expect(await securityGroups(ec2).revoke(step([WORLD]))).toMatchObject({ fault: { retryable: true } });
  });

  it('gives up for now, to be retried, when descriptions go on showing a rule that revoke does not find', async () => {
    const { ec2, sent } = answering({
      RevokeSecurityGroupIngress: failing('InvalidPermission.NotFound'),
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [sdkRule('sgr-1', '0.0.0.0/0')] }),
    });
    const { fault } = await securityGroups(ec2).revoke(step([WORLD]));
    expect(fault).toMatchObject({ code: 'InvalidPermission.NotFound', retryable: true });
    expect(sent.filter(({ call }) => call === 'RevokeSecurityGroupIngress')).toHaveLength(3);
  });

  it('removes the others where EC2 refuses what one rule says, and reports that as final', async () => {
    const { ec2 } = answering({
      RevokeSecurityGroupIngress: (input) => {
        if (JSON.stringify(input).includes('0.0.0.0/0')) throw ec2Error('InvalidParameterValue');
        return { RevokedSecurityGroupRules: [sdkRule('sgr-2', '128.0.0.0/1')] };
      },
      DescribeSecurityGroupRules: () => ({
        SecurityGroupRules: [sdkRule('sgr-1', '0.0.0.0/0'), sdkRule('sgr-2', '128.0.0.0/1')],
      }),
    });
    expect(await securityGroups(ec2).revoke(step([WORLD, HALF]))).toMatchObject({
      removed: [HALF],
      fault: { code: 'InvalidParameterValue', retryable: false },
    });
  });

  it('looks again where an endpoint does not list what it removed', async () => {
    const { ec2 } = answering({
      RevokeSecurityGroupIngress: () => ({ Return: true }),
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
    });
    expect(await securityGroups(ec2).revoke(step([WORLD, HALF]))).toEqual({ ...NOTHING, removed: [WORLD, HALF] });
  });

  it('takes a rule that is neither listed nor gone for a failure that a retry may mend', async () => {
    const { ec2 } = answering({
      RevokeSecurityGroupIngress: () => ({ RevokedSecurityGroupRules: [sdkRule('sgr-1', '0.0.0.0/0')] }),
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [sdkRule('sgr-2', '128.0.0.0/1')] }),
    });
    const { removed, fault } = await securityGroups(ec2).revoke(step([WORLD, HALF]));
    expect(removed).toContainEqual(WORLD);
    expect(fault).toMatchObject({ code: 'PartlyRevoked', retryable: true });
    expect(fault?.message).toContain('sgr-2');
  });

  it('reports what it removed before a call failed', async () => {
    const { ec2 } = answering({
      RevokeSecurityGroupIngress: (_input, nth) => {
        if (nth === 2) return { RevokedSecurityGroupRules: [] };
        throw ec2Error(nth === 1 ? 'InvalidPermission.NotFound' : 'RequestLimitExceeded');
      },
      DescribeSecurityGroupRules: (_input, nth) => ({
        SecurityGroupRules: [sdkRule('sgr-1', '0.0.0.0/0')].concat(nth === 1 ? [sdkRule('sgr-2', '128.0.0.0/1')] : []),
      }),
    });
    expect(await securityGroups(ec2).revoke(step([WORLD, HALF]))).toMatchObject({
      removed: [HALF],
      fault: { code: 'RequestLimitExceeded', retryable: true },
    });
  });

  it('is not worth a retry when the role may not revoke', async () => {
    const { ec2, sent } = answering({ RevokeSecurityGroupIngress: failing('UnauthorizedOperation', 403) });
    const { fault } = await securityGroups(ec2).revoke(step([WORLD, HALF]));
    expect(fault).toBeInstanceOf(CallFailed);
    expect(fault).toMatchObject({
      call: 'RevokeSecurityGroupIngress',
      code: 'UnauthorizedOperation',
      retryable: false,
    });
    expect(sent).toHaveLength(1);
  });

  it('refuses a rule without an id before it calls EC2', async () => {
    const { ec2, sent } = answering({});
    const { id: _, ...nameless } = WORLD;
    await expect(securityGroups(ec2).revoke(step([nameless]))).rejects.toThrow(InputInvalid);
    expect(sent).toEqual([]);
  });
});
