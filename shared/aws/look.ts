import type { SecurityGroup, SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { Scope } from '../model/change.ts';
import type { Need } from '../model/control.ts';
import { FactUnread, InputInvalid } from '../model/errors.ts';
import type { Attachment, Group } from '../model/group.ts';
import type { Sight, Sighting } from '../model/ports.ts';
import type { Rule } from '../model/rule.ts';
import { groupFromSdk, ruleFromSdk } from '../readers/sdk.ts';
import { readAttachments } from './attachments.ts';
import { describeGroups, describeRules, type Ec2 } from './describe.ts';
import { chunks, FILTER_VALUES } from './paging.ts';
import { readPrefixLists, withCidrs } from './prefix-lists.ts';

const named = (groups: readonly SecurityGroup[]): readonly string[] => groups.flatMap((group) => group.GroupId ?? []);

/** EC2 reads `*` and `?` in filters as wildcards, and a group's name may hold an asterisk. */
async function idsByName(ec2: Ec2, names: readonly string[]): Promise<readonly string[]> {
  const groups = await describeGroups(ec2, { name: 'group-name', values: names });
  return named(groups.filter((group) => group.GroupName !== undefined && names.includes(group.GroupName)));
}

async function resolve(ec2: Ec2, scope: Scope): Promise<readonly string[]> {
  switch (scope.by) {
    case 'group-id':
      return scope.ids;
    case 'group-name':
      return idsByName(ec2, scope.names);
    case 'rule-id':
      return (await describeRules(ec2, { name: 'security-group-rule-id', values: scope.ids })).flatMap(
        (rule) => rule.GroupId ?? [],
      );
    case 'default-group-of-vpc': {
      const ofName = [{ Name: 'group-name', Values: ['default'] }];
      return named(await describeGroups(ec2, { name: 'vpc-id', values: scope.vpcIds }, ofName));
    }
    default:
      return scope satisfies never;
  }
}

interface Reading<T> {
  readonly found: T;
  readonly unread: readonly FactUnread[];
}

type Attachments = ReadonlyMap<string, readonly Attachment[]>;

async function attachmentsOf(ec2: Ec2, ids: readonly string[]): Promise<Reading<Attachments>> {
  const unread: FactUnread[] = [];
  const found = new Map<string, readonly Attachment[]>();
  const reads = chunks(ids, FILTER_VALUES).map(async (part) => {
    try {
      for (const [id, attachments] of await readAttachments(ec2, part)) found.set(id, attachments);
    } catch (error) {
      unread.push(new FactUnread(`attachments of ${part.join(', ')}`, error));
    }
  });
  await Promise.all(reads);
  return { found, unread };
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

const toSighting = (group: Group, attachments: Attachments | undefined): Sighting => {
  const found = attachments?.get(group.id);
  return { group, facts: found ? { attachments: found } : {} };
};

/**
 * Reads the groups in scope: rules, groups and (where needed) interfaces side by side, then the prefix lists that rules name.
 * Groups that do not exist are absent. Throws CallFailed when the rules or the groups cannot be read.
 */
export async function look(ec2: Ec2, scope: Scope, needs: ReadonlySet<Need>): Promise<Sight> {
  const ids = [...new Set(await resolve(ec2, scope))];
  const condition = { name: 'group-id', values: ids };
  const [described, describedRules, attachments] = await Promise.all([
    describeGroups(ec2, condition),
    describeRules(ec2, condition),
    needs.has('attachments') ? attachmentsOf(ec2, ids) : undefined,
  ]);
  const rules = readRules(describedRules);
  const lists = await readPrefixLists(ec2, rules.found);
  const byGroup = new Map<string, Rule[]>(ids.map((id) => [id, []]));
  for (const rule of rules.found) byGroup.get(rule.groupId)?.push(withCidrs(rule, lists));
  const groups = described.map((group) => toGroup(group, byGroup.get(group.GroupId ?? '') ?? []));
  return {
    sightings: groups.map((group) => toSighting(group, attachments?.found)),
    unread: [...rules.unread, ...lists.unread, ...(attachments?.unread ?? [])],
  };
}
