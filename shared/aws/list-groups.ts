import { DescribeSecurityGroupsCommand, type SecurityGroup } from '@aws-sdk/client-ec2';
import { InputInvalid } from '../model/errors.ts';
import type { Need } from '../model/facts.ts';
import type { Sight } from '../model/ports.ts';
import { groupFromSdk } from '../readers/sdk.ts';
import { call } from './call.ts';
import { type Ec2, PAGE_SIZE } from './describe.ts';
import { type AccountWide, accountWide, type ReadFunctions } from './facts/account-wide.ts';
import { TwinIndex } from './facts/twin-index.ts';
import { look } from './look.ts';
import { chunks, FILTER_VALUES } from './paging.ts';

/** Every page of the account's groups, one in memory at a time. */
async function* groupPages(ec2: Ec2): AsyncGenerator<readonly SecurityGroup[]> {
  let token: string | undefined;
  do {
    const command = new DescribeSecurityGroupsCommand({ MaxResults: PAGE_SIZE, ...(token && { NextToken: token }) });
    const answer = await call('DescribeSecurityGroups', ec2.send(command));
    yield answer.SecurityGroups ?? [];
    token = answer.NextToken;
  } while (token);
}

/** A group that is not understood is no twin of any: the look at it says what is wrong. */
function addTo(index: TwinIndex, group: SecurityGroup): void {
  try {
    index.add(groupFromSdk(group));
  } catch (error) {
    if (!(error instanceof InputInvalid)) throw error;
  }
}

/** The ids of all groups, and what a first pass over them tells. */
async function survey(ec2: Ec2, needs: ReadonlySet<Need>, functions: ReadFunctions) {
  const ids: string[] = [];
  const twins = needs.has('twins') ? new TwinIndex() : undefined;
  for await (const page of groupPages(ec2)) {
    ids.push(...page.flatMap((group) => group.GroupId ?? []));
    if (twins) for (const group of page) addTo(twins, group);
  }
  const wide: AccountWide = { ...accountWide(ec2, functions), ...(twins && { twins }) };
  return { ids, wide };
}

/**
 * Every group of the account and region, read only, 200 at a time: that many ids fit a filter, and what is held at once stays small
 * in an account with tens of thousands of groups. What is the same for all of them is read once. Throws CallFailed.
 */
export async function* listGroups(ec2: Ec2, needs: ReadonlySet<Need>, functions: ReadFunctions): AsyncGenerator<Sight> {
  const { ids, wide } = await survey(ec2, needs, functions);
  for (const part of chunks(ids, FILTER_VALUES)) yield await look(ec2, { by: 'group-id', ids: part }, needs, wide);
}
