import type { Control, ControlDocs } from '../domain/control.ts';
import { isDefaultGroup } from '../domain/group.ts';
import { aboutGroup, explainDetail, listFirst } from './parts/common.ts';
import { aCase, egress, ingress, removeGroup } from './parts/documentation.ts';

const id = 'duplicate-group';
const severity = 'low';

/** Largest number of other groups that a finding names. */
const MAX_TWINS = 5;

/**
 * Another group of the VPC has exactly the same rules.
 *
 * Groups without inbound rules are skipped. They serve as sources in the rules of other groups, so equal
 * rules mean nothing.
 */
export const duplicateGroup: Control<'twins'> = {
  id,
  title: 'Groups with the same rules',
  severity,
  on: ['sweep'],
  needs: { twins: true },
  defaults: { fresh: 'observe', existing: 'observe', remedy: 'revoke' },
  evaluate: ({ group, facts: { twins } }) => {
    const letsIn = group.rules.some(({ direction }) => direction === 'ingress');
    if (twins.length === 0 || !letsIn || isDefaultGroup(group)) return [];
    return [aboutGroup(id, severity, 'existing', `the same rules as ${listFirst(twins.toSorted(), MAX_TWINS)}`)];
  },
  explain: explainDetail,
};

const TWIN = 'sg-0123456789abcdef0';

/** Documentation of duplicate-group. */
export const docs = {
  why: 'Copies diverge: somebody closes an opening in one group, and it stays open in the others.',
  fires:
    'Another group of the same VPC has exactly the same rules in both directions. Order and descriptions do not count, and a rule that names its own group counts as equal in both groups. Groups without inbound rules are skipped.',
  fix: () =>
    removeGroup('Keep one of the groups. Replace the other groups by it on all interfaces, and then delete them.'),
  example: 'duplicate-group: off',
  frameworks: {},
  see: ['https://docs.aws.amazon.com/vpc/latest/userguide/changing-security-group.html'],
  cases: () => ({
    invalid: [
      aCase('one copy', [ingress('tcp', 443, '0.0.0.0/0')], { facts: { twins: [TWIN] } }),
      aCase('seven copies', [ingress('tcp', 443, '0.0.0.0/0')], {
        facts: { twins: Array.from({ length: 7 }, (_, index) => `sg-0123456789abcde0${index}`) },
      }),
    ],
    valid: [
      aCase('a group like no other', [ingress('tcp', 443, '0.0.0.0/0')]),
      aCase('groups that let nothing in', [egress('-1', 'all', '0.0.0.0/0')], { facts: { twins: [TWIN] } }),
    ],
  }),
} satisfies ControlDocs;
