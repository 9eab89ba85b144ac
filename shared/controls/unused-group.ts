import type { Control, ControlDocs } from '../domain/control.ts';
import { isDefaultGroup } from '../domain/group.ts';
import { aboutGroup, explainDetail } from './parts/common.ts';
import { aCase, ingress, removeGroup } from './parts/documentation.ts';

const id = 'unused-group';
const severity = 'low';

/**
 * Nothing uses a group: no interface is in it, and no known rule, launch template or function names it.
 *
 * A default group is skipped because it cannot be deleted.
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
  why: 'Somebody in a hurry reuses a forgotten group with rules whose reason nobody remembers. Unused groups also hide the groups that matter.',
  fires:
    'No network interface uses the group, and nothing else names it: no inbound or outbound rule of another group, no VPC on the other side of a peering connection or a transit gateway, no launch template, no function. Interfaces alone are not enough: an Auto Scaling group may be scaled to zero, and Lambda removes the interface of a function that nobody has called for weeks.',
  fix: () => removeGroup('Delete the group. If you need it later, keep it as code.'),
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
