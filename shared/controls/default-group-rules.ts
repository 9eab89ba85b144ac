import type { Control } from '../model/control.ts';
import type { ControlDocs } from '../model/control-docs.ts';
import { byFreshness } from './by-freshness.ts';
import { aCase, egress, ingress } from './case.ts';
import { isDefaultGroup } from './default-group.ts';
import { BOUNDARY } from './frameworks.ts';

const id = 'default-group-rules';

const IN_USE = {
  mode: 'alert',
  reason: 'the default group is in use: stripping it would cut off what it is attached to',
} as const;

/**
 * A VPC's default group has rules.
 *
 * Whatever is launched without a group of its own lands in the default group. Where that has no rules, the mistake is harmless.
 * A group that an interface uses is never stripped: its members have to be moved first.
 *
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-2
 */
export const defaultGroupRules: Control<'attachments'> = {
  id,
  title: 'A default group has rules',
  severity: 'medium',
  on: ['rules-added', 'rules-modified', 'vpc-created', 'sweep'],
  needs: { attachments: true },
  defaults: { fresh: 'enforce', existing: 'approve', remedy: 'revoke' },
  evaluate: ({ group, facts, fresh }) => {
    if (!isDefaultGroup(group)) return [];
    const limit = facts.attachments.length > 0 ? { limit: IN_USE } : {};
    return byFreshness(group.rules, fresh).map((part) => ({
      control: id,
      severity: 'medium',
      ...part,
      exposures: [],
      ...limit,
    }));
  },
  explain: ({ rules }) => `the default group of the VPC has ${rules.length === 1 ? 'a rule' : `${rules.length} rules`}`,
};

/** Documentation of default-group-rules. */
export const docs = {
  why: 'Every resource without a group of its own shares the default group, and its members reach each other on every port.',
  fires:
    'The group named `default` of a VPC has any rule, in or out. In guard, a new VPC whose default group nothing uses is stripped at once; elsewhere people are asked. While an interface uses it, people are only told: stripping it would cut off what it is attached to.',
  fix: () => ({
    instead: 'Give each workload a group of its own, then remove all rules of the default group, both directions.',
    console:
      'VPC → Security groups → the group named “default” → Inbound rules → Edit inbound rules: delete all, save; the same under Outbound rules.',
    cli: [
      'aws ec2 revoke-security-group-ingress --group-id sg-default --security-group-rule-ids sgr-itself',
      'aws ec2 revoke-security-group-egress --group-id sg-default --security-group-rule-ids sgr-all-out',
    ].join('\n'),
    cdk: "new ec2.Vpc(this, 'Vpc', { restrictDefaultSecurityGroup: true });",
    terraform:
      '# Without ingress and egress blocks, Terraform removes every rule.\nresource "aws_default_security_group" "default" {\n  vpc_id = aws_vpc.shop.id\n}',
  }),
  example: 'default-group-rules: {existing: alert}',
  frameworks: { 'AWS Security Hub': ['EC2.2'], 'CIS AWS Foundations 3.0': ['5.4'], 'NIST 800-53 r5': BOUNDARY },
  see: ['https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html'],
  cases: () => ({
    invalid: [
      aCase(
        'the rules that a new VPC comes with',
        [ingress('-1', 'all', 'sg-0c0ffee0c0ffee000'), egress('-1', 'all', '0.0.0.0/0')],
        { group: { name: 'default' } },
      ),
      aCase('one outbound rule', [egress('tcp', 443, '0.0.0.0/0')], { group: { name: 'default' } }),
    ],
    valid: [
      aCase('no rules', [], { group: { name: 'default' } }),
      aCase('another group', [ingress('tcp', 443, '0.0.0.0/0')], { group: { name: 'default-web' } }),
    ],
  }),
} satisfies ControlDocs;
