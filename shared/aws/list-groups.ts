import { DescribeSecurityGroupsCommand, type SecurityGroup } from '@aws-sdk/client-ec2';
import type { Need } from '../model/control.ts';
import type { Sight } from '../model/ports.ts';
import { call } from './call.ts';
import { type Ec2, PAGE_SIZE } from './describe.ts';
import { look } from './look.ts';
import { chunks, FILTER_VALUES, pages } from './paging.ts';

async function allGroupIds(ec2: Ec2): Promise<readonly string[]> {
  const groups = await pages<SecurityGroup>(async (token) => {
    const command = new DescribeSecurityGroupsCommand({ MaxResults: PAGE_SIZE, ...(token && { NextToken: token }) });
    const answer = await call('DescribeSecurityGroups', ec2.send(command));
    return { items: answer.SecurityGroups, next: answer.NextToken };
  });
  return groups.flatMap((group) => group.GroupId ?? []);
}

/**
 * Every group of the account and region, read only, 200 at a time: that many ids fit a filter, and what is held at once stays small
 * in an account with tens of thousands of groups. Throws CallFailed.
 */
export async function* listGroups(ec2: Ec2, needs: ReadonlySet<Need>): AsyncGenerator<Sight> {
  for (const ids of chunks(await allGroupIds(ec2), FILTER_VALUES))
    yield await look(ec2, { by: 'group-id', ids }, needs);
}
