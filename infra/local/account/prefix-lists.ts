import type {
  CreateManagedPrefixListRequest,
  CreateManagedPrefixListResult,
  DeleteManagedPrefixListRequest,
  DeleteManagedPrefixListResult,
  DescribeManagedPrefixListsRequest,
  DescribeManagedPrefixListsResult,
  GetManagedPrefixListEntriesRequest,
  GetManagedPrefixListEntriesResult,
  ManagedPrefixList,
} from '@aws-sdk/client-ec2';
import { AwsError, invalidParameter, required } from './aws-error.ts';
import { passes } from './filters.ts';
import { newResourceId } from './ids.ts';
import { pageOf } from './paging.ts';
import { checkedEntries } from './prefix-entries.ts';
import type { PrefixListRecord } from './records.ts';
import type { Region } from './region.ts';
import { specifiedTags, tagsOf } from './tags.ts';

/** The prefix list of this id. Throws InvalidPrefixListID.NotFound. */
export function requirePrefixList(region: Region, id: string | undefined): PrefixListRecord {
  const list = region.prefixLists.get(required(id, 'prefixListId'));
  if (!list) throw new AwsError('InvalidPrefixListID.NotFound', `The prefix list ID '${id}' does not exist`);
  return list;
}

/** A prefix list as EC2 answers it. */
export function describedPrefixList(region: Region, list: PrefixListRecord): ManagedPrefixList {
  const { account, name } = region;
  return {
    PrefixListId: list.id,
    AddressFamily: list.addressFamily,
    State: list.state,
    PrefixListArn: `arn:aws:ec2:${name}:${account.id}:prefix-list/${list.id}`,
    PrefixListName: list.name,
    MaxEntries: list.maxEntries,
    Version: list.version,
    Tags: tagsOf(region, list.id),
    OwnerId: account.id,
  };
}

function checkedFamily(text: string | undefined): 'IPv4' | 'IPv6' {
  if (text === 'IPv4' || text === 'IPv6') return text;
  throw invalidParameter(`Value (${text ?? ''}) for parameter AddressFamily is invalid. Valid values are IPv4, IPv6.`);
}

/**
 * CreateManagedPrefixList. The answer is `create-in-progress`; the next look finds `create-complete`.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateManagedPrefixList.html
 */
export function createManagedPrefixList(
  region: Region,
  input: CreateManagedPrefixListRequest,
): CreateManagedPrefixListResult {
  const name = required(input.PrefixListName, 'PrefixListName');
  if (name.startsWith('com.amazonaws')) throw invalidParameter(`The prefix list name '${name}' is reserved`);
  const maxEntries = required(input.MaxEntries, 'MaxEntries');
  if (maxEntries < 1) throw invalidParameter(`Value (${maxEntries}) for parameter MaxEntries is invalid.`);
  const addressFamily = checkedFamily(required(input.AddressFamily, 'AddressFamily'));
  const entries = checkedEntries(input.Entries ?? [], addressFamily, maxEntries);
  const tags = specifiedTags(input.TagSpecifications, 'prefix-list');
  const id = newResourceId(region.account.random, 'pl');
  const versions = new Map([[1, entries]]);
  const list: PrefixListRecord = {
    id,
    name,
    addressFamily,
    maxEntries,
    version: 1,
    versions,
    state: 'create-complete',
  };
  region.prefixLists.set(id, list);
  region.tags.set(id, tags);
  return { PrefixList: describedPrefixList(region, { ...list, state: 'create-in-progress' }) };
}

/** DescribeManagedPrefixLists. Throws InvalidPrefixListID.NotFound. */
export function describeManagedPrefixLists(
  region: Region,
  input: DescribeManagedPrefixListsRequest,
): DescribeManagedPrefixListsResult {
  const ids = input.PrefixListIds ?? [];
  const named = ids.length > 0 ? ids.map((id) => requirePrefixList(region, id)) : [...region.prefixLists.values()];
  const found = named.filter((list) =>
    passes(
      input.Filters,
      { 'prefix-list-id': [list.id], 'prefix-list-name': [list.name], 'owner-id': [region.account.id] },
      region.tags.get(list.id),
    ),
  );
  const { items, next } = pageOf(found, input, { min: 1, max: 100, unstated: 100 });
  return { PrefixLists: items.map((list) => describedPrefixList(region, list)), ...next };
}

/** GetManagedPrefixListEntries, of the current version or of `TargetVersion`; 1–100 a page. */
export function getManagedPrefixListEntries(
  region: Region,
  input: GetManagedPrefixListEntriesRequest,
): GetManagedPrefixListEntriesResult {
  const list = requirePrefixList(region, input.PrefixListId);
  const version = input.TargetVersion ?? list.version;
  const entries = list.versions.get(version);
  if (!entries) throw invalidParameter(`The prefix list ${list.id} has no version ${version}`);
  const { items, next } = pageOf(entries, input, { min: 1, max: 100, unstated: 100 });
  const answered = items.map(({ cidr, description }) => ({
    Cidr: cidr,
    ...(description === undefined ? {} : { Description: description }),
  }));
  return { Entries: answered, ...next };
}

/** DeleteManagedPrefixList. Throws DependencyViolation while a rule names it, InvalidPrefixListID.NotFound. */
export function deleteManagedPrefixList(
  region: Region,
  input: DeleteManagedPrefixListRequest,
): DeleteManagedPrefixListResult {
  const list = requirePrefixList(region, input.PrefixListId);
  if ([...region.rules.values()].some(({ source }) => source.kind === 'prefix-list' && source.id === list.id)) {
    throw new AwsError('DependencyViolation', `The prefix list '${list.id}' has dependencies and cannot be deleted.`);
  }
  region.prefixLists.delete(list.id);
  region.tags.delete(list.id);
  return { PrefixList: describedPrefixList(region, { ...list, state: 'delete-in-progress' }) };
}
