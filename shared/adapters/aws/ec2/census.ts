import { DescribeSecurityGroupsCommand, type SecurityGroup } from '@aws-sdk/client-ec2';
import { type FactUnread, InputInvalid } from '../../../domain/errors.ts';
import type { Group } from '../../../domain/group.ts';
import type { Rule } from '../../../domain/rule.ts';
import type { Census, GroupPage } from '../../../domain/sweep.ts';
import { groupFromSdk } from '../../../events/describe/sdk.ts';
import { call } from '../call.ts';
import { type Ec2, PAGE_SIZE } from './describe.ts';
import { type PrefixLists, readPrefixLists, withCidrs } from './prefix-lists.ts';

/** Groups as they are described, and the ids of those that are not understood. */
const understood = (described: readonly SecurityGroup[]): Pick<GroupPage, 'groups' | 'doubtful'> => {
  const groups: Group[] = [];
  const doubtful: string[] = [];
  for (const group of described) {
    try {
      groups.push(groupFromSdk(group));
    } catch (error) {
      if (!(error instanceof InputInvalid)) throw error;
      doubtful.push(group.GroupId ?? '');
    }
  }
  return { groups, doubtful };
};

/** Reads each list once, whichever page names it first: one that could not be read is not asked for again. */
const listReader = (ec2: Ec2) => {
  const cidrs = new Map<string, readonly string[]>();
  const asked = new Set<string>();
  return async (rules: readonly Rule[]): Promise<PrefixLists> => {
    const unknown = rules.filter(({ source }) => source.kind === 'prefix-list' && !asked.has(source.id));
    const none: readonly FactUnread[] = [];
    if (unknown.length === 0) return { cidrs, states: [], unread: none };
    for (const { source } of unknown) if (source.kind === 'prefix-list') asked.add(source.id);
    const read = await readPrefixLists(ec2, unknown);
    for (const [id, found] of read.cidrs) cidrs.set(id, found);
    return { ...read, cidrs };
  };
};

const isUnresolved = ({ source }: Rule): boolean => source.kind === 'prefix-list' && source.cidrs === undefined;

/**
 * The groups of the account and region that the EC2 client stands for, 1,000 to a call, with their rules but without rule ids: for
 * judging what is there without asking for every rule by itself.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html
 */
export const census = (ec2: Ec2): Census => {
  const readLists = listReader(ec2);
  return {
    async page(after) {
      const command = new DescribeSecurityGroupsCommand({ MaxResults: PAGE_SIZE, ...(after && { NextToken: after }) });
      const answer = await call('DescribeSecurityGroups', ec2.send(command));
      const { groups, doubtful } = understood(answer.SecurityGroups ?? []);
      const lists = await readLists(groups.flatMap(({ rules }) => rules));
      const resolved = groups.map((group) => ({ ...group, rules: group.rules.map((rule) => withCidrs(rule, lists)) }));
      const unresolved = resolved.filter(({ rules }) => rules.some(isUnresolved)).map(({ id }) => id);
      return {
        groups: resolved,
        doubtful: [...doubtful, ...unresolved],
        unread: lists.unread,
        ...(answer.NextToken && { next: answer.NextToken }),
      };
    },
  };
};
