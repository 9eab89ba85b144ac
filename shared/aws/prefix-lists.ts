import { GetManagedPrefixListEntriesCommand, type PrefixListEntry } from '@aws-sdk/client-ec2';
import { FactUnread } from '../model/errors.ts';
import type { Rule } from '../model/rule.ts';
import { call } from './call.ts';
import type { Ec2 } from './describe.ts';
import { pages } from './paging.ts';

/** The most that EC2 gives in one page of entries. */
const ENTRIES_PAGE = 100;

async function readEntries(ec2: Ec2, listId: string): Promise<readonly string[]> {
  const entries = await pages<PrefixListEntry>(async (token) => {
    const command = new GetManagedPrefixListEntriesCommand({
      PrefixListId: listId,
      MaxResults: ENTRIES_PAGE,
      ...(token && { NextToken: token }),
    });
    const answer = await call('GetManagedPrefixListEntries', ec2.send(command));
    return { items: answer.Entries, next: answer.NextToken };
  });
  return entries.flatMap((entry) => entry.Cidr ?? []);
}

/** CIDRs by list id, and the lists that could not be read. */
export interface PrefixLists {
  readonly cidrs: ReadonlyMap<string, readonly string[]>;
  readonly unread: readonly FactUnread[];
}

/** Reads each list that the rules name, side by side. A list that cannot be read is reported and left out: nothing is concluded from it. */
export async function readPrefixLists(ec2: Ec2, rules: readonly Rule[]): Promise<PrefixLists> {
  const ids = new Set(rules.flatMap(({ source }) => (source.kind === 'prefix-list' ? [source.id] : [])));
  const cidrs = new Map<string, readonly string[]>();
  const unread: FactUnread[] = [];
  await Promise.all(
    Array.from(ids, async (id) => {
      try {
        cidrs.set(id, await readEntries(ec2, id));
      } catch (error) {
        unread.push(new FactUnread(`entries of prefix list ${id}`, error));
      }
    }),
  );
  return { cidrs, unread };
}

/** The rule with its prefix list's CIDRs, where they were read. */
export function withCidrs(rule: Rule, lists: PrefixLists): Rule {
  if (rule.source.kind !== 'prefix-list') return rule;
  const cidrs = lists.cidrs.get(rule.source.id);
  return cidrs ? { ...rule, source: { ...rule.source, cidrs } } : rule;
}
