import {
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  type Filter,
  type NetworkInterface,
  type SecurityGroup,
  type SecurityGroupRule,
  type Vpc,
} from '@aws-sdk/client-ec2';
import type { Scope } from '../../../domain/change.ts';
import type { Vpcs } from '../../../domain/ec2.ts';
import { call, chunks, FILTER_VALUES, pages } from '../call.ts';

/** The part of an EC2 client that the adapter uses. */
export type Ec2 = Pick<EC2Client, 'send'>;

/** Largest page of groups, rules or interfaces that EC2 returns. */
export const PAGE_SIZE = 1000;

/** A filter: its name and any number of values. */
export interface DescribeCondition {
  readonly name: string;
  readonly values: readonly string[];
}

/** The filters for each call: the values of the condition in parts, together with filters for all calls. */
function filtersOf({ name, values }: DescribeCondition, also: readonly Filter[]): readonly Filter[][] {
  return chunks(values, FILTER_VALUES).map((part) => also.concat({ Name: name, Values: part.slice() }));
}

/** All groups that match a filter. Unlike `GroupIds`, a filter accepts unknown ids. Throws CallFailed. */
export async function describeGroups(
  ec2: Ec2,
  condition: DescribeCondition,
  also: readonly Filter[] = [],
): Promise<readonly SecurityGroup[]> {
  const parts = filtersOf(condition, also).map(async (filters) =>
    pages<SecurityGroup>(async (token) => {
      const command = new DescribeSecurityGroupsCommand({
        Filters: filters,
        MaxResults: PAGE_SIZE,
        ...(token && { NextToken: token }),
      });
      const answer = await call('DescribeSecurityGroups', ec2.send(command));
      return { items: answer.SecurityGroups, next: answer.NextToken };
    }),
  );
  return (await Promise.all(parts)).flat();
}

/** All rules that match a filter, with ids and tags. Unknown ids are absent. Throws CallFailed. */
export async function describeRules(
  ec2: Ec2,
  condition: DescribeCondition,
  also: readonly Filter[] = [],
): Promise<readonly SecurityGroupRule[]> {
  const parts = filtersOf(condition, also).map(async (filters) =>
    pages<SecurityGroupRule>(async (token) => {
      const command = new DescribeSecurityGroupRulesCommand({
        Filters: filters,
        MaxResults: PAGE_SIZE,
        ...(token && { NextToken: token }),
      });
      const answer = await call('DescribeSecurityGroupRules', ec2.send(command));
      return { items: answer.SecurityGroupRules, next: answer.NextToken };
    }),
  );
  return (await Promise.all(parts)).flat();
}

function groupIdsOf(groups: readonly SecurityGroup[]): readonly string[] {
  return groups.flatMap((group) => group.GroupId ?? []);
}

/**
 * Ids of the groups with these names. EC2 reads `*` and `?` in filters as wildcards, and a name may contain
 * `*`, so names are compared again.
 */
async function idsByName(ec2: Ec2, names: readonly string[]): Promise<readonly string[]> {
  const groups = await describeGroups(ec2, { name: 'group-name', values: names });
  return groupIdsOf(groups.filter((group) => group.GroupName !== undefined && names.includes(group.GroupName)));
}

/** One filter for each direction, in calls of their own, because EC2 combines filters by "and". */
const LIST_FILTERS = ['ip-permission.prefix-list-id', 'egress.ip-permission.prefix-list-id'];

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html */
async function idsByList(ec2: Ec2, listIds: readonly string[]): Promise<readonly string[]> {
  const answers = LIST_FILTERS.map(async (name) => describeGroups(ec2, { name, values: listIds }));
  return groupIdsOf((await Promise.all(answers)).flat());
}

/** Ids of the groups of these interfaces. Unlike ids, a filter accepts interfaces that no longer exist. */
async function idsByInterface(ec2: Ec2, interfaceIds: readonly string[]): Promise<readonly string[]> {
  const parts = chunks(interfaceIds, FILTER_VALUES).map(async (part) =>
    pages<NetworkInterface>(async (token) => {
      const command = new DescribeNetworkInterfacesCommand({
        Filters: [{ Name: 'network-interface-id', Values: [...part] }],
        MaxResults: PAGE_SIZE,
        ...(token && { NextToken: token }),
      });
      const answer = await call('DescribeNetworkInterfaces', ec2.send(command));
      return { items: answer.NetworkInterfaces, next: answer.NextToken };
    }),
  );
  const interfaces = (await Promise.all(parts)).flat();
  return interfaces.flatMap((item) => (item.Groups ?? []).flatMap((group) => group.GroupId ?? []));
}

/**
 * Ids of the groups in scope, each once. Takes one more call if the scope does not name groups by id. Throws
 * CallFailed.
 */
export async function resolveScope(ec2: Ec2, scope: Scope): Promise<readonly string[]> {
  return [...new Set(await idsIn(ec2, scope))];
}

async function idsIn(ec2: Ec2, scope: Scope): Promise<readonly string[]> {
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
      return groupIdsOf(await describeGroups(ec2, { name: 'vpc-id', values: scope.vpcIds }, ofName));
    }
    case 'prefix-list':
      return idsByList(ec2, scope.ids);
    case 'interface':
      return idsByInterface(ec2, scope.ids);
    default:
      return scope satisfies never;
  }
}

function vpcIdsOf(some: readonly Vpc[]): readonly string[] {
  return some.flatMap(({ VpcId }) => VpcId ?? []).toSorted();
}

/** The VPCs of the client's account and region. */
export function vpcs(ec2: Ec2): Vpcs {
  return {
    async defaultVpcId() {
      const found = await pages<Vpc>(async (token) => {
        const command = new DescribeVpcsCommand({ MaxResults: PAGE_SIZE, ...(token && { NextToken: token }) });
        const answer = await call('DescribeVpcs', ec2.send(command));
        return { items: answer.Vpcs, next: answer.NextToken };
      });
      return vpcIdsOf(found.filter(({ IsDefault }) => IsDefault))[0] ?? vpcIdsOf(found)[0];
    },
  };
}
