import type { Control, ControlDocs } from '../domain/control.ts';
import { isDefaultGroup } from '../domain/group.ts';
import { aboutGroup, explainDetail } from './parts/common.ts';
import { aCase, ingress, removeGroup } from './parts/documentation.ts';

const id = 'unused-group';
const severity = 'low';

/**
 * Nothing uses a group: no interface, and no rule of another group, of this account or beyond, no launch template and no function
 * that is known of names it.
 *
 * A default group is never unused: it can't be deleted.
 *
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-22
 */
export const unusedGroup: Control<'attachments' | 'referencedBy'> = {
  id,
  title: 'A group that nothing uses',
  severity,
  on: ['sweep'],
  needs: { attachments: true, referencedBy: true },
  defaults: { fresh: 'observe', existing: 'observe', remedy: 'revoke' },
  evaluate: ({ group, facts: { attachments, referencedBy } }) =>
    isDefaultGroup(group) || attachments.length + referencedBy.length > 0
      ? []
      : [
          aboutGroup(
            id,
            severity,
            'existing',
            'no interface uses the group, and nothing that is known of names it: no rule of another group, no peered VPC, no launch template, no function',
          ),
        ],
  explain: explainDetail,
};

/** Documentation of unused-group. */
export const docs = {
  why: 'Forgotten groups are found again by somebody in a hurry, with rules that nobody remembers the reason of. They also hide the groups that matter.',
  fires:
    'The group is on no network interface, and nothing else names it: no rule of another group (inbound or outbound), no VPC on the other side of a peering connection or a transit gateway, no launch template, no function. Counting interfaces alone would call a group unused whose Auto Scaling group is at zero, or whose function was not called for weeks, so that Lambda took its interface back.',
  fix: () => removeGroup('Delete the group. Where it is kept for later, keep it as code instead.'),
  example: 'unused-group: off',
  frameworks: { 'AWS Security Hub': ['EC2.22'] },
  see: [
    'https://docs.aws.amazon.com/vpc/latest/userguide/deleting-security-groups.html',
    'https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html',
    'https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html',
  ],
  cases: () => ({
    invalid: [
      aCase('a group that nothing uses', [ingress('tcp', 443, '0.0.0.0/0')], { group: { name: 'old-web' } }),
      aCase('a group without rules', [], { group: { name: 'empty' } }),
    ],
    valid: [
      aCase('a group on an interface', [], {
        facts: { attachments: [{ interfaceId: 'eni-0123456789abcdef0', description: '', type: 'interface' }] },
      }),
      aCase('a group that another group lets in', [], {
        facts: { referencedBy: [{ kind: 'group', id: 'sg-0123456789abcdef0' }] },
      }),
      aCase('a group of a launch template whose Auto Scaling group is at zero', [], {
        facts: { referencedBy: [{ kind: 'launch-template', id: 'lt-0123456789abcdef0' }] },
      }),
      aCase('a group of a function that was not called for weeks, so that it has no interface', [], {
        facts: { referencedBy: [{ kind: 'function', id: 'resize' }] },
      }),
      aCase('a group that another account lets in over a peering connection', [], {
        facts: { referencedBy: [{ kind: 'vpc', id: 'vpc-0123456789abcdef0' }] },
      }),
      aCase('a default group, which EC2 keeps', [], { group: { name: 'default' } }),
    ],
  }),
} satisfies ControlDocs;
