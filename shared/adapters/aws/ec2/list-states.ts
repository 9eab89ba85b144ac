import { DescribeManagedPrefixListsCommand, type ManagedPrefixList } from '@aws-sdk/client-ec2';
import type { ListState } from '../../../domain/ports.ts';
import { call } from '../call.ts';
import { chunks, FILTER_VALUES, pages } from '../paging.ts';
import type { Ec2 } from './describe.ts';

/** The most that EC2 gives in one page of prefix lists. */
const LISTS_PAGE = 100;

const toState = ({ PrefixListId, State, Version }: ManagedPrefixList): ListState => ({
  id: PrefixListId ?? '',
  state: State ?? '',
  ...(Version !== undefined && { version: Version }),
});

/**
 * State and version of prefix lists, the account's own and those shared with it. By filter rather than by ids: a list that is gone
 * is absent from the answer and no error. Throws CallFailed.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeManagedPrefixLists.html
 */
export async function readListStates(ec2: Ec2, ids: readonly string[]): Promise<readonly ListState[]> {
  const parts = chunks(ids, FILTER_VALUES).map(async (part) =>
    pages<ManagedPrefixList>(async (token) => {
      const command = new DescribeManagedPrefixListsCommand({
        Filters: [{ Name: 'prefix-list-id', Values: [...part] }],
        MaxResults: LISTS_PAGE,
        ...(token && { NextToken: token }),
      });
      const answer = await call('DescribeManagedPrefixLists', ec2.send(command));
      return { items: answer.PrefixLists, next: answer.NextToken };
    }),
  );
  return (await Promise.all(parts)).flat().map(toState);
}
