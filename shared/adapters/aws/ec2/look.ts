import type { SecurityGroup, SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { Scope } from '../../../domain/change.ts';
import type { Need } from '../../../domain/controls/facts.ts';
import { FactUnread, InputInvalid } from '../../../domain/errors.ts';
import type { Group } from '../../../domain/group.ts';
import type { Sight } from '../../../domain/ports.ts';
import type { Rule } from '../../../domain/rule.ts';
import { groupFromSdk, ruleFromSdk } from '../../../events/describe/sdk.ts';
import { describeGroups, describeRules, type Ec2 } from './describe.ts';
import type { AccountWide } from './facts/account-wide.ts';
import { readAfter, readBeside } from './facts/read.ts';
import { gather } from './facts/telling.ts';
import { readPrefixLists, withCidrs } from './prefix-lists.ts';
import { resolve } from './scope.ts';

interface Reading<T> {
  readonly found: T;
  readonly unread: readonly FactUnread[];
}

/** A rule that cannot be understood is reported, and does not keep the others from being judged. */
function readRules(described: readonly SecurityGroupRule[]): Reading<readonly Rule[]> {
  const found: Rule[] = [];
  const unread: FactUnread[] = [];
  for (const rule of described) {
    try {
      found.push(ruleFromSdk(rule));
    } catch (error) {
      if (!(error instanceof InputInvalid)) throw error;
      unread.push(new FactUnread(`rule ${rule.SecurityGroupRuleId} of ${rule.GroupId}`, error));
    }
  }
  return { found, unread };
}

/** The group's head as DescribeSecurityGroups states it, with the rules as DescribeSecurityGroupRules states them. */
const toGroup = (described: SecurityGroup, rules: readonly Rule[]): Group => ({
  ...groupFromSdk({ ...described, IpPermissions: [], IpPermissionsEgress: [] }),
  rules,
});

/** The groups, each with those of the rules that are its own. */
const join = (described: readonly SecurityGroup[], rules: readonly Rule[]): readonly Group[] => {
  const byGroup = Map.groupBy(rules, ({ groupId }) => groupId);
  return described.map((group) => toGroup(group, byGroup.get(group.GroupId ?? '') ?? []));
};

/**
 * Reads the groups in scope, with their rules and the facts that need no more than their ids side by side; then, side by side, the
 * prefix lists that the rules name and the facts that follow from them. Groups that do not exist are absent.
 *
 * @param wide what other looks at the same account share with this one.
 * @throws CallFailed when the rules or the groups cannot be read.
 */
export async function look(ec2: Ec2, scope: Scope, needs: ReadonlySet<Need>, wide: AccountWide): Promise<Sight> {
  const ids = await resolve(ec2, scope);
  const condition = { name: 'group-id', values: ids };
  const [described, describedRules, beside] = await Promise.all([
    describeGroups(ec2, condition),
    describeRules(ec2, condition),
    readBeside(ec2, ids, needs, wide),
  ]);
  const rules = readRules(describedRules);
  const groups = join(described, rules.found);
  const [lists, after] = await Promise.all([
    readPrefixLists(ec2, rules.found, scope),
    readAfter(ec2, groups, needs, wide),
  ]);
  const unread = new Set<FactUnread>();
  const sightings = groups.map((group) => ({
    group: { ...group, rules: group.rules.map((rule) => withCidrs(rule, lists)) },
    facts: gather(group, [...beside, ...after], unread),
  }));
  return {
    sightings,
    unread: [...rules.unread, ...lists.unread, ...unread],
    ...(lists.states.length > 0 && { lists: lists.states }),
  };
}
