import {
  DescribeManagedPrefixListsCommand,
  GetManagedPrefixListEntriesCommand,
  type ManagedPrefixList,
  type PrefixListEntry,
} from '@aws-sdk/client-ec2';
import type { Scope } from '../../../domain/change.ts';
import type { PrefixListState } from '../../../domain/ec2.ts';
import { FactUnread } from '../../../domain/errors.ts';
import type { Rule } from '../../../domain/group.ts';
import { call, chunks, FILTER_VALUES, pages } from '../call.ts';
import type { Ec2 } from './describe.ts';

/** Largest page of entries that EC2 returns. */
const ENTRIES_PAGE = 100;

async function readEntries(ec2: Ec2, listId: string, version?: number): Promise<readonly string[]> {
  const entries = await pages<PrefixListEntry>(async (token) => {
    const command = new GetManagedPrefixListEntriesCommand({
      PrefixListId: listId,
      MaxResults: ENTRIES_PAGE,
      ...(version !== undefined && { TargetVersion: version }),
      ...(token && { NextToken: token }),
    });
    const answer = await call('GetManagedPrefixListEntries', ec2.send(command));
    return { items: answer.Entries, next: answer.NextToken };
  });
  return entries.flatMap((entry) => entry.Cidr ?? []);
}

/** CIDRs by list id, the states of the lists, and the reads that failed. */
export interface PrefixLists {
  readonly cidrs: ReadonlyMap<string, readonly string[]>;
  readonly states: readonly PrefixListState[];
  readonly unread: readonly FactUnread[];
}

function withOldEntries(state: PrefixListState, before: readonly string[] | undefined): PrefixListState {
  return before === undefined ? state : { ...state, previousEntries: before };
}

/** The result of a read; undefined if it failed, with a note in `unread`. */
async function readOrNote<T>(fact: string, read: Promise<T>, unread: FactUnread[]): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    unread.push(new FactUnread(fact, error));
    return undefined;
  }
}

/** Entries of an old version, by list id. EC2 may have deleted that version; then its entries are unknown. */
async function readOldEntries(
  ec2: Ec2,
  ids: readonly string[],
  scope: Scope | undefined,
): Promise<PrefixLists['cidrs']> {
  const { since } = scope?.by === 'prefix-list' ? scope : {};
  const wanted = scope?.by === 'prefix-list' && since !== undefined ? ids.filter((id) => scope.ids.includes(id)) : [];
  const found = await Promise.allSettled(wanted.map(async (id) => [id, await readEntries(ec2, id, since)] as const));
  return new Map(found.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])));
}

/**
 * Reads entries and state of each list that the rules name, in parallel. A list that cannot be read is
 * reported and absent, so nothing is concluded from it. For lists in scope, the entries of the scope's
 * version are read, too.
 */
export async function readPrefixLists(ec2: Ec2, rules: readonly Rule[], scope?: Scope): Promise<PrefixLists> {
  const ids = [...new Set(rules.flatMap(({ source }) => (source.kind === 'prefix-list' ? [source.id] : [])))];
  const cidrs = new Map<string, readonly string[]>();
  const unread: FactUnread[] = [];
  const entries = ids.map(async (id) => {
    const found = await readOrNote(`entries of prefix list ${id}`, readEntries(ec2, id), unread);
    if (found) cidrs.set(id, found);
  });
  const reading = readOrNote(`state of prefix lists ${ids.join(', ')}`, readListStates(ec2, ids), unread);
  const [states = [], old] = await Promise.all([reading, readOldEntries(ec2, ids, scope), ...entries]);
  return { cidrs, states: states.map((state) => withOldEntries(state, old.get(state.id))), unread };
}

/** The rule with the CIDRs of its prefix list, if they were read. */
export function withCidrs(rule: Rule, lists: PrefixLists): Rule {
  if (rule.source.kind !== 'prefix-list') return rule;
  const cidrs = lists.cidrs.get(rule.source.id);
  return cidrs ? { ...rule, source: { ...rule.source, cidrs } } : rule;
}

/** Largest page of prefix lists that EC2 returns. */
const LISTS_PAGE = 100;

function toState({ PrefixListId, State, Version }: ManagedPrefixList): PrefixListState {
  return {
    id: PrefixListId ?? '',
    state: State ?? '',
    ...(Version !== undefined && { version: Version }),
  };
}

/**
 * State and version of prefix lists, both the account's own and shared ones. Unlike ids, a filter accepts
 * lists that no longer exist. Throws CallFailed.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeManagedPrefixLists.html
 */
async function readListStates(ec2: Ec2, ids: readonly string[]): Promise<readonly PrefixListState[]> {
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
