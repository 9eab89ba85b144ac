import { DescribeNetworkInterfacesCommand, type NetworkInterface, type SecurityGroup } from '@aws-sdk/client-ec2';
import type { Scope } from '../../../domain/change.ts';
import { call } from '../call.ts';
import { chunks, FILTER_VALUES, pages } from '../paging.ts';
import { describeGroups, describeRules, type Ec2, PAGE_SIZE } from './describe.ts';

const named = (groups: readonly SecurityGroup[]): readonly string[] => groups.flatMap((group) => group.GroupId ?? []);

/** EC2 reads `*` and `?` in filters as wildcards, and a group's name may hold an asterisk. */
async function idsByName(ec2: Ec2, names: readonly string[]): Promise<readonly string[]> {
  const groups = await describeGroups(ec2, { name: 'group-name', values: names });
  return named(groups.filter((group) => group.GroupName !== undefined && names.includes(group.GroupName)));
}

/** Filters are joined by "and", so each direction is a call of its own. */
const LIST_FILTERS = ['ip-permission.prefix-list-id', 'egress.ip-permission.prefix-list-id'];

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html */
async function idsByList(ec2: Ec2, listIds: readonly string[]): Promise<readonly string[]> {
  const answers = LIST_FILTERS.map(async (name) => describeGroups(ec2, { name, values: listIds }));
  return named((await Promise.all(answers)).flat());
}

/** By filter rather than by ids: an interface that is gone again is absent from the answer and no error. */
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

/** Ids of the groups in scope, each once; one more call where the scope does not name them itself. Throws CallFailed. */
export async function resolve(ec2: Ec2, scope: Scope): Promise<readonly string[]> {
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
      return named(await describeGroups(ec2, { name: 'vpc-id', values: scope.vpcIds }, ofName));
    }
    case 'prefix-list':
      return idsByList(ec2, scope.ids);
    case 'interface':
      return idsByInterface(ec2, scope.ids);
    default:
      return scope satisfies never;
  }
}
