import type { SecurityGroup, SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { Scope } from '../../../domain/change.ts';
import type { Need } from '../../../domain/control.ts';
import type { SecurityGroups, Snapshot } from '../../../domain/ec2.ts';
import { FactUnread, InputInvalid } from '../../../domain/errors.ts';
import type { Group, Rule } from '../../../domain/group.ts';
import { groupFromSdk, ruleFromSdk } from '../../../events/describe/group.ts';
import { describeGroups, describeRules, type Ec2, resolveScope } from './describe.ts';
import { type AccountWide, accountWide, type ReadFunctions, readVpcCidrs } from './facts/account-wide.ts';
import { readUse } from './facts/attachments.ts';
import { collectFacts, type FactsFor } from './facts/facts.ts';
import { readNeighbours, readPeers, readTwins } from './facts/other-groups.ts';
import { readReferences } from './facts/references.ts';
import { readPrefixLists, withCidrs } from './prefix-lists.ts';
import { revoke } from './revoke.ts';

/**
 * The security groups of the client's account and region.
 *
 * @param functions lists the functions there. Absent if the role may not list them (`functions.list`): then
 * `referencedBy` is unread.
 */
export function securityGroups(ec2: Ec2, functions?: ReadFunctions): SecurityGroups {
  return {
    fetchSnapshot: async (scope, needs) => fetchSnapshot(ec2, scope, needs, accountWide(ec2, functions)),
    revoke: async (step) => revoke(ec2, step),
  };
}

interface RuleReading<T> {
  readonly found: T;
  readonly unread: readonly FactUnread[];
}

/** Parses rules. A rule that cannot be parsed is reported, and the others are evaluated. */
function readRules(described: readonly SecurityGroupRule[]): RuleReading<readonly Rule[]> {
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

/** A group from DescribeSecurityGroups with its rules from DescribeSecurityGroupRules. */
function toGroup(described: SecurityGroup, rules: readonly Rule[]): Group {
  return {
    ...groupFromSdk({ ...described, IpPermissions: [], IpPermissionsEgress: [] }),
    rules,
  };
}

/** The groups, each with its own rules. */
function joinRules(described: readonly SecurityGroup[], rules: readonly Rule[]): readonly Group[] {
  const byGroup = Map.groupBy(rules, ({ groupId }) => groupId);
  return described.map((group) => toGroup(group, byGroup.get(group.GroupId ?? '') ?? []));
}

/**
 * Reads the groups in scope, their rules, and the facts that need only the ids, in parallel. Then reads the
 * prefix lists of the rules and the facts that depend on rules, also in parallel. Groups that do not exist
 * are absent.
 *
 * @param wide facts that snapshots of the same account share.
 * @throws CallFailed if the rules or the groups cannot be read.
 */
export async function fetchSnapshot(
  ec2: Ec2,
  scope: Scope,
  needs: ReadonlySet<Need>,
  wide: AccountWide,
): Promise<Snapshot> {
  const ids = await resolveScope(ec2, scope);
  const condition = { name: 'group-id', values: ids };
  const [described, describedRules, beside] = await Promise.all([
    describeGroups(ec2, condition),
    describeRules(ec2, condition),
    readFactsByIds(ec2, ids, needs, wide),
  ]);
  const rules = readRules(describedRules);
  const groups = joinRules(described, rules.found);
  const [lists, after] = await Promise.all([
    readPrefixLists(ec2, rules.found, scope),
    readFactsByRules(ec2, groups, needs, wide),
  ]);
  const unread = new Set<FactUnread>();
  const sightings = groups.map((group) => ({
    group: { ...group, rules: group.rules.map((rule) => withCidrs(rule, lists)) },
    facts: collectFacts(group, [...beside, ...after], unread),
  }));
  return {
    groups: sightings,
    unread: [...rules.unread, ...lists.unread, ...unread],
    ...(lists.states.length > 0 && { prefixLists: lists.states }),
  };
}

/** Reads the facts that need only the ids of the groups, in parallel with the groups. Throws nothing. */
async function readFactsByIds(
  ec2: Ec2,
  ids: readonly string[],
  needs: ReadonlySet<Need>,
  wide: AccountWide,
): Promise<readonly FactsFor[]> {
  if (ids.length === 0) return [];
  const readings = await Promise.all([
    needs.has('attachments') || needs.has('reachability') ? readUse(ec2, ids, needs, wide) : [],
    needs.has('referencedBy') ? readReferences(ec2, ids, wide) : [],
    needs.has('vpcCidrs') ? readVpcCidrs(wide.vpcs()) : [],
  ]);
  return readings.flat();
}

/**
 * Reads the facts that depend on the groups and their rules, in parallel with the prefix lists. Throws
 * nothing.
 */
async function readFactsByRules(
  ec2: Ec2,
  groups: readonly Group[],
  needs: ReadonlySet<Need>,
  wide: AccountWide,
): Promise<readonly FactsFor[]> {
  const readings = await Promise.all([
    needs.has('peers') ? readPeers(ec2, groups) : [],
    needs.has('neighbours') ? readNeighbours(ec2, groups) : [],
    needs.has('twins') ? readTwins(ec2, groups, wide.twins) : [],
  ]);
  return readings.flat();
}
