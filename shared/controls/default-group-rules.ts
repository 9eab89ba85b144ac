import type { Control, ControlDocs } from '../domain/control.ts';
import type { Limit } from '../domain/control-options.ts';
import { type Attachment, isDefaultGroup } from '../domain/group.ts';
import { byFreshness } from './parts/common.ts';
import { aCase, BOUNDARY, egress, ingress } from './parts/documentation.ts';

const id = 'default-group-rules';

/** Whatever a person says: a group in use is stripped by nobody. */
const IN_USE = {
  mode: 'alert',
  why: 'default-group-in-use',
  reason: 'the default group is in use: stripping it would cut off what it is attached to',
} as const satisfies Limit;

const TO_BE_MOVED = {
  mode: 'approve',
  why: 'default-group-in-use',
  reason: 'the default group is in use: what it is attached to is moved to a group of its own before it is stripped',
  firm: true,
} as const satisfies Limit;

/**
 * A VPC's default group has rules.
 *
 * Whatever is launched without a group of its own lands in the default group. Where that has no rules, the mistake is harmless.
 * A group that an interface uses is never stripped: its members have to be moved first, which `migrate` does once a person says so.
 *
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-2
 */
export const defaultGroupRules: Control<'attachments'> = {
  id,
  title: 'A default group has rules',
  severity: 'medium',
  on: ['rules-added', 'rules-modified', 'vpc-created', 'sweep'],
  migrates: true,
  needs: { attachments: true },
  defaults: { fresh: 'enforce', existing: 'approve', remedy: 'revoke' },
  couldFire: isDefaultGroup,
  evaluate: ({ group, facts, fresh }, { remedy }) => {
    if (!isDefaultGroup(group)) return [];
    const inUse = { limit: remedy === 'migrate' ? TO_BE_MOVED : IN_USE };
    const limit = facts.attachments.length > 0 ? inUse : {};
    return byFreshness(group.rules, fresh).map((part) => ({
      control: id,
      severity: 'medium',
      ...part,
      exposures: [],
      ...limit,
    }));
  },
  explain: ({ rules, detail }) =>
    detail ?? `the default group of the VPC has ${rules.length === 1 ? 'a rule' : `${rules.length} rules`}`,
};

const IN_IT = [
  { interfaceId: 'eni-0123456789abcdef0', description: '', type: 'interface', owner: 'ec2' },
] as const satisfies readonly Attachment[];

/** Documentation of default-group-rules. */
export const docs = {
  why: 'Every resource without a group of its own shares the default group, and its members reach each other on every port.',
  fires:
    'The group named `default` of a VPC has any rule, in or out. In guard, a new VPC whose default group nothing uses is stripped at once; elsewhere people are asked. While an interface uses it, it is never stripped, since that would cut off what it is attached to: people are told, and with `remedy: migrate` they are asked. Once they release it, what is attached is moved to a group of its own with the same rules less those that a control would close, and only then the default group is stripped; nobody loses access meanwhile, and it can be rolled back.',
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
  example: 'default-group-rules: {remedy: migrate}',
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
      aCase('a group in use, of which people are told', [egress('tcp', 443, '0.0.0.0/0')], {
        group: { name: 'default' },
        facts: { attachments: IN_IT },
      }),
      aCase('a group in use, whose members are moved once people say so', [egress('tcp', 443, '0.0.0.0/0')], {
        group: { name: 'default' },
        facts: { attachments: IN_IT },
        options: { remedy: 'migrate' },
      }),
    ],
    valid: [
      aCase('no rules', [], { group: { name: 'default' } }),
      aCase('another group', [ingress('tcp', 443, '0.0.0.0/0')], { group: { name: 'default-web' } }),
    ],
  }),
} satisfies ControlDocs;
