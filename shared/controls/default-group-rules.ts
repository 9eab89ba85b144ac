import type { Control, ControlDocs } from '../domain/control.ts';
import type { Limit } from '../domain/control-options.ts';
import { type Attachment, isDefaultGroup } from '../domain/group.ts';
import { ruleFindings } from './parts/common.ts';
import { aCase, BOUNDARY, egress, ingress } from './parts/documentation.ts';

const id = 'default-group-rules';

/** A group in use keeps its rules even if a person approves the removal. */
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
 * A resource that is launched without a group gets the default group. If the default group has no rules, that
 * is harmless. A group that an interface uses keeps its rules until its members have been moved. The remedy
 * `migrate` moves them after a person approves.
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
    return ruleFindings(id, 'medium', group.rules, fresh).map((finding) => ({ ...finding, ...limit }));
  },
  explain: ({ rules, detail }) =>
    detail ?? `the default group of the VPC has ${rules.length === 1 ? 'a rule' : `${rules.length} rules`}`,
};

const IN_IT = [
  { interfaceId: 'eni-0123456789abcdef0', description: '', type: 'interface', owner: 'ec2' },
] as const satisfies readonly Attachment[];

/** Documentation of default-group-rules. */
export const docs = {
  why: 'Resources that are launched without a group share the default group of the VPC, and its members reach each other on every port.',
  fires:
    'The group named `default` of a VPC has an inbound or outbound rule. With the preset guard, Portcullis removes the rules of a new VPC at once if nothing uses the group, and asks for approval in existing VPCs. While an interface uses the group, its rules stay, because a removal would cut off the attached resources: people are notified, or asked for approval with `remedy: migrate`. After the approval, Portcullis moves the resources to a new group. The new group has the same rules, except those that a control would remove. Only then it removes the rules of the default group. No resource loses access meanwhile, and you can roll back the migration.',
  fix: () => ({
    instead: 'Give each workload its own group. Then remove all inbound and outbound rules of the default group.',
    console:
      'VPC → Security groups → the group named “default” → Inbound rules → Edit inbound rules: delete all rules and save. Do the same under Outbound rules.',
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
