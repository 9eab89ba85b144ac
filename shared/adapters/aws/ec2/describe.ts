import {
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  type EC2Client,
  type Filter,
  type SecurityGroup,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { call } from '../call.ts';
import { chunks, FILTER_VALUES, pages } from '../paging.ts';

/** What the adapter needs of an EC2 client. */
export type Ec2 = Pick<EC2Client, 'send'>;

/** The most that EC2 gives in one page of groups, rules or interfaces. */
export const PAGE_SIZE = 1000;

/** A filter: its name and any number of values. */
export interface Condition {
  readonly name: string;
  readonly values: readonly string[];
}

/** The filters of each call that a condition takes, beside filters that always apply. */
const filtersOf = ({ name, values }: Condition, also: readonly Filter[]): readonly Filter[][] =>
  chunks(values, FILTER_VALUES).map((part) => also.concat({ Name: name, Values: part.slice() }));

/** Groups by a filter, all pages. A filter rather than GroupIds: an unknown id is absent from the answer and no error. Throws CallFailed. */
export async function describeGroups(
  ec2: Ec2,
  condition: Condition,
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

/** Rules with their ids and tags by a filter, all pages. Unknown ids are absent from the answer. Throws CallFailed. */
export async function describeRules(
  ec2: Ec2,
  condition: Condition,
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
