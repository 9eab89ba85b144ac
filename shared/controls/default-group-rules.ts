import type { Control, ControlDocs, Finding, Freshness } from '../model/control.ts';
import type { Rule } from '../model/rule.ts';
import { aCase, egress, ingress } from './case.ts';

const id = 'default-group-rules';

/** Name that EC2 gives the default group of every VPC and refuses for any other group. */
const DEFAULT_GROUP_NAME = 'default';

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
    if (group.name !== DEFAULT_GROUP_NAME) return [];
    const limit = facts.attachments.length > 0 ? { limit: IN_USE } : {};
    const finding = (freshness: Freshness, rules: readonly Rule[]): readonly Finding[] =>
      rules.length === 0 ? [] : [{ control: id, severity: 'medium', freshness, rules, exposures: [], ...limit }];
    return [
      ...finding(
        'fresh',
        group.rules.filter((rule) => fresh.has(rule)),
      ),
      ...finding(
        'existing',
        group.rules.filter((rule) => !fresh.has(rule)),
      ),
    ];
  },
  explain: ({ rules }) => `the default group of the VPC has ${rules.length === 1 ? 'a rule' : `${rules.length} rules`}`,
};

/** Documentation of default-group-rules. */
export const docs = {
  why: 'Every resource without a group of its own shares the default group, and its members reach each other on every port.',
  fix: 'Give each workload a group of its own, then remove all rules of the default group, both directions.',
  frameworks: { FSBP: ['EC2.2'], 'CIS AWS 3.0': ['5.4'], 'NIST 800-53': ['AC-4', 'SC-7'] },
  see: ['https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html'],
  cases: () => ({
    invalid: [
      aCase(
        'the rules that a new VPC comes with',
        [ingress('-1', 'all', 'sg-0c0ffee0c0ffee000'), egress('-1', 'all', '0.0.0.0/0')],
        { groupName: 'default' },
      ),
      aCase('one outbound rule', [egress('tcp', 443, '0.0.0.0/0')], { groupName: 'default' }),
    ],
    valid: [
      aCase('no rules', [], { groupName: 'default' }),
      aCase('another group', [ingress('tcp', 443, '0.0.0.0/0')], { groupName: 'default-web' }),
    ],
  }),
} satisfies ControlDocs;
