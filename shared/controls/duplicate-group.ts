import type { Control, ControlDocs } from '../domain/control.ts';
import { isDefaultGroup } from '../domain/group.ts';
import { aboutGroup, explainDetail } from './parts/common.ts';
import { aCase, egress, ingress, removeGroup } from './parts/documentation.ts';

const id = 'duplicate-group';
const severity = 'low';

/** Twins named before the rest is counted. */
const MOST_TWINS = 5;

function listed(twins: readonly string[]): string {
  const more = twins.length - MOST_TWINS;
  return [...twins.toSorted().slice(0, MOST_TWINS), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

/**
 * Another group of the VPC has exactly the same rules.
 *
 * Groups that let nothing in are left alone: they serve as names for others' rules, and their likeness means nothing.
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
    return [aboutGroup(id, severity, 'existing', `the same rules as ${listed(twins)}`)];
  },
  explain: explainDetail,
};

const TWIN = 'sg-0123456789abcdef0';

/** Documentation of duplicate-group. */
export const docs = {
  why: 'Copies drift apart: a hole is closed in one of them and stays open in the others.',
  fires:
    'Another group of the same VPC lets exactly the same through, in both directions; order and descriptions do not count, and a rule that names its own group counts as the same in both. Groups without inbound rules are left alone.',
  fix: () => removeGroup('Keep one of them, put it in the place of the others on their interfaces, then delete those.'),
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
