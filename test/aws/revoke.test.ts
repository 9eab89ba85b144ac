import { describe, expect, it } from 'vitest';
import { securityGroups } from '../../shared/aws/security-groups.ts';
import { CallFailed, InputInvalid } from '../../shared/model/errors.ts';
import type { RevokeStep } from '../../shared/model/ports.ts';
import type { Rule } from '../../shared/model/rule.ts';
import { answering, ec2Error } from './answering.ts';

const rule = (id: string, cidr: string): Rule => ({
  id,
  groupId: 'sg-1',
  direction: 'ingress',
  protocol: 'tcp',
  fromPort: 22,
  toPort: 22,
  source: { kind: 'ipv4', cidr },
  description: 'ssh',
  tags: { ticket: 'A-1' },
});

const sdkRule = (id: string, CidrIpv4: string) => ({
  SecurityGroupRuleId: id,
  GroupId: 'sg-1',
  IsEgress: false,
  IpProtocol: 'tcp',
  FromPort: 22,
  ToPort: 22,
  CidrIpv4,
});

const WORLD = rule('sgr-1', '0.0.0.0/0');
const HALF = rule('sgr-2', '128.0.0.0/1');
const step = (rules: readonly Rule[], direction: RevokeStep['direction'] = 'ingress'): RevokeStep => ({
  do: 'revoke',
  groupId: 'sg-1',
  direction,
  rules,
});

const failing =
  (name: string, status = 400) =>
  () => {
    throw ec2Error(name, status);
  };

describe('revoke', () => {
  it('says that an attempt went unanswered where the SDK had to send the call again before the rule was missing', async () => {
    const { ec2 } = answering({
      RevokeSecurityGroupIngress: () => {
        throw Object.assign(ec2Error('InvalidSecurityGroupRuleId.NotFound', 400), { $metadata: { attempts: 2 } });
      },
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
    });
    const revoked = await securityGroups(ec2).revoke(step([WORLD]));
    expect(revoked).toEqual({ removed: [], missing: ['sgr-1'], unanswered: true });
  });

  it('removes all rules of the step in one call, by id', async () => {
    const { ec2, sent } = answering({
      RevokeSecurityGroupIngress: () => ({
        RevokedSecurityGroupRules: [sdkRule('sgr-1', '0.0.0.0/0'), sdkRule('sgr-2', '128.0.0.0/1')],
      }),
    });
    const revoked = await securityGroups(ec2).revoke(step([WORLD, HALF]));
    expect(revoked).toEqual({ removed: [WORLD, HALF], missing: [], unanswered: false });
    expect(sent).toEqual([
      { call: 'RevokeSecurityGroupIngress', input: { GroupId: 'sg-1', SecurityGroupRuleIds: ['sgr-1', 'sgr-2'] } },
    ]);
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

  it('reports the content that went where somebody changed the rule after the look, under the id’s tags', async () => {
    const { ec2 } = answering({
      RevokeSecurityGroupIngress: () => ({ RevokedSecurityGroupRules: [sdkRule('sgr-1', '192.0.2.7/32')] }),
    });
    const { removed } = await securityGroups(ec2).revoke(step([WORLD]));
    const { description: _, ...content } = rule('sgr-1', '192.0.2.7/32');
    expect(removed).toEqual([content]);
  });

  it('knows a removed reference to another group again', async () => {
    const reference: Rule = { ...WORLD, source: { kind: 'group', groupId: 'sg-2', ownerId: '111122223333' } };
    const { CidrIpv4: _, ...answer } = sdkRule('sgr-1', '');
    const { ec2 } = answering({
      RevokeSecurityGroupIngress: () => ({ RevokedSecurityGroupRules: [{ ...answer, ReferencedGroupId: 'sg-2' }] }),
    });
    expect((await securityGroups(ec2).revoke(step([reference]))).removed).toEqual([reference]);
  });

  it('reports the planned rule where EC2’s answer about a rule that is gone is not understood', async () => {
    const { ec2 } = answering({
      RevokeSecurityGroupIngress: () => ({ RevokedSecurityGroupRules: [{ SecurityGroupRuleId: 'sgr-1' }] }),
    });
    expect(await securityGroups(ec2).revoke(step([WORLD]))).toEqual({
      removed: [WORLD],
      missing: [],
      unanswered: false,
    });
  });

  it.each(['InvalidSecurityGroupRuleId.NotFound', 'InvalidPermission.NotFound'])(
    'drops a rule that is gone already on %s, and removes the rest',
    async (code) => {
      const { ec2, sent } = answering({
        RevokeSecurityGroupIngress: (_input, nth) =>
          nth === 1 ? failing(code)() : { RevokedSecurityGroupRules: [sdkRule('sgr-2', '128.0.0.0/1')] },
        DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [sdkRule('sgr-2', '128.0.0.0/1')] }),
      });
      expect(await securityGroups(ec2).revoke(step([WORLD, HALF]))).toEqual({
        removed: [HALF],
        missing: ['sgr-1'],
        unanswered: false,
      });
      expect(sent.at(-1)?.input['SecurityGroupRuleIds']).toEqual(['sgr-2']);
    },
  );

  it('is content when every rule was gone first', async () => {
    const { ec2 } = answering({
      RevokeSecurityGroupIngress: failing('InvalidSecurityGroupRuleId.NotFound'),
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
    });
    expect(await securityGroups(ec2).revoke(step([WORLD, HALF]))).toEqual({
      removed: [],
      missing: ['sgr-1', 'sgr-2'],
      unanswered: false,
    });
  });

  it('is content when the group was gone first', async () => {
    const { ec2 } = answering({
      RevokeSecurityGroupIngress: failing('InvalidGroup.NotFound'),
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
    });
    expect(await securityGroups(ec2).revoke(step([WORLD]))).toEqual({
      removed: [],
      missing: ['sgr-1'],
      unanswered: false,
    });
  });

  it('does not believe that a group is gone while its rules are described: it may be too new', async () => {
    const { ec2 } = answering({
      RevokeSecurityGroupIngress: failing('InvalidGroup.NotFound'),
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [sdkRule('sgr-1', '0.0.0.0/0')] }),
    });
    await expect(securityGroups(ec2).revoke(step([WORLD]))).rejects.toMatchObject({ retryable: true });
  });

  it('gives up for now, to be retried, when descriptions go on showing a rule that revoke does not find', async () => {
    const { ec2, sent } = answering({
      RevokeSecurityGroupIngress: failing('InvalidSecurityGroupRuleId.NotFound'),
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [sdkRule('sgr-1', '0.0.0.0/0')] }),
    });
    const failure = await securityGroups(ec2)
      .revoke(step([WORLD]))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'InvalidSecurityGroupRuleId.NotFound', retryable: true });
    expect(sent.filter(({ call }) => call === 'RevokeSecurityGroupIngress')).toHaveLength(3);
  });

  it('looks again where an endpoint does not list what it removed', async () => {
    const { ec2 } = answering({
      RevokeSecurityGroupIngress: () => ({ Return: true }),
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
    });
    expect(await securityGroups(ec2).revoke(step([WORLD, HALF]))).toEqual({
      removed: [WORLD, HALF],
      missing: [],
      unanswered: false,
    });
  });

  it('takes a rule that is neither listed nor gone for a failure that a retry may mend', async () => {
    const { ec2 } = answering({
      RevokeSecurityGroupIngress: () => ({ RevokedSecurityGroupRules: [sdkRule('sgr-1', '0.0.0.0/0')] }),
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [sdkRule('sgr-2', '128.0.0.0/1')] }),
    });
    const failure = securityGroups(ec2).revoke(step([WORLD, HALF]));
    await expect(failure).rejects.toMatchObject({ code: 'PartlyRevoked', retryable: true });
    await expect(failure).rejects.toThrow('sgr-2 still there');
  });

  it('throws CallFailed that is not worth a retry when the role may not revoke', async () => {
    const { ec2 } = answering({ RevokeSecurityGroupIngress: failing('UnauthorizedOperation', 403) });
    const failure = await securityGroups(ec2)
      .revoke(step([WORLD]))
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CallFailed);
    expect(failure).toMatchObject({
      call: 'RevokeSecurityGroupIngress',
      code: 'UnauthorizedOperation',
      retryable: false,
    });
  });

  it('refuses a rule without an id before it calls EC2', async () => {
    const { ec2, sent } = answering({});
    const { id: _, ...nameless } = WORLD;
    await expect(securityGroups(ec2).revoke(step([nameless]))).rejects.toThrow(InputInvalid);
    expect(sent).toEqual([]);
  });
});
