import type { Group } from '../domain/group.ts';
import type { Rule } from '../domain/rule.ts';
import { canonicalKey } from './canonical.ts';

/** How a rule that names its own group reads: the same in a copy of the group. */
const ITSELF = 'itself';

const keyOf = (rule: Rule): string =>
  rule.source.kind === 'group' && rule.source.groupId === rule.groupId
    ? canonicalKey({ ...rule, source: { kind: 'group', groupId: ITSELF } })
    : canonicalKey(rule);

/** What all rules of a group let through, as one text: equal for two groups of a VPC that do the same. Order and descriptions do not count. */
export const ruleSetKey = ({ rules }: Pick<Group, 'rules'>): string =>
  [...new Set(rules.map(keyOf))].toSorted().join('\n');
