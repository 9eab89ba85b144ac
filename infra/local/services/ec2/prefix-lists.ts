import type {
  AddPrefixListEntry,
  CreateManagedPrefixListRequest,
  CreateManagedPrefixListResult,
  DeleteManagedPrefixListRequest,
  DeleteManagedPrefixListResult,
  DescribeManagedPrefixListsRequest,
  DescribeManagedPrefixListsResult,
  DescribePrefixListsRequest,
  DescribePrefixListsResult,
  GetManagedPrefixListEntriesRequest,
  GetManagedPrefixListEntriesResult,
  ManagedPrefixList,
  RemovePrefixListEntry,
} from '@aws-sdk/client-ec2';
import type { Region } from '../../state/account.ts';
import type { PrefixEntry, PrefixListRecord } from '../../state/ec2-records.ts';
import { AwsError, invalidParameter, required } from '../../state/operation.ts';
import { type FilterTable, filtered, pageOf } from '../listing.ts';
import { canonicalCidr } from './canonical.ts';
import { newResourceId, PREFIX_LIST, requestedResources, requireResource } from './resources.ts';
import { specifiedTags, tagsOf } from './tags.ts';

function checkCount(entries: readonly PrefixEntry[], maxEntries: number): readonly PrefixEntry[] {
  if (entries.length <= maxEntries) return entries;
  throw new AwsError(
    'PrefixListMaxEntriesExceeded',
    `You have exceeded the maximum number of entries (${maxEntries}) of the prefix list.`,
  );
}

/**
 * Entries as EC2 stores them: canonical, of the list's family, and each entry once. Throws
 * InvalidParameterValue.
 */
export function checkedEntries(
  stated: readonly AddPrefixListEntry[],
  family: PrefixListRecord['addressFamily'],
  maxEntries: number,
): readonly PrefixEntry[] {
  const entries = new Map<string, PrefixEntry>();
  for (const { Cidr, Description } of stated) {
    const { cidr } = canonicalCidr(Cidr ?? '', family === 'IPv4' ? 'ipv4' : 'ipv6');
    if (entries.has(cidr)) throw invalidParameter(`The entry ${cidr} must not appear multiple times`);
    entries.set(cidr, { cidr, ...(Description ? { description: Description } : {}) });
  }
  return checkCount([...entries.values()], maxEntries);
}

/**
 * The entries of a list after additions and removals. Adding an existing entry replaces its description.
 * Throws InvalidParameterValue, InvalidPrefixListModification, PrefixListMaxEntriesExceeded.
 */
export function changedEntries(
  list: PrefixListRecord,
  add: readonly AddPrefixListEntry[],
  remove: readonly RemovePrefixListEntry[],
): readonly PrefixEntry[] {
  const entries = new Map((list.versions.get(list.version) ?? []).map((entry) => [entry.cidr, entry]));
  for (const { Cidr } of remove) {
    const { cidr } = canonicalCidr(Cidr ?? '');
    if (entries.delete(cidr)) continue;
    throw new AwsError('InvalidPrefixListModification', `The prefix list ${list.id} has no entry ${cidr}`);
  }
  const added = checkedEntries(add, list.addressFamily, Number.POSITIVE_INFINITY);
  for (const entry of added) entries.set(entry.cidr, entry);
  return checkCount([...entries.values()], list.maxEntries);
}

/**
 * The prefix list with this id, if the account owns it. Throws OperationNotPermitted for a list that AWS
 * manages, MissingParameter, InvalidPrefixListID.NotFound, InvalidPrefixListId.Malformed.
 */
export function requireOwnPrefixList(region: Region, id: string | undefined): PrefixListRecord {
  const list = requireResource(region, PREFIX_LIST, required(id, 'prefixListId'));
  if (!list.isAwsManaged) return list;
  throw new AwsError('OperationNotPermitted', `The prefix list ${list.id} is managed by AWS and cannot be changed`);
}

/**
 * A prefix list in EC2's answers. AWS-managed lists have neither a version nor a maximum number of entries.
 */
export function describedPrefixList(region: Region, list: PrefixListRecord): ManagedPrefixList {
  const owner = list.isAwsManaged ? 'aws' : region.account.id;
  return {
    PrefixListId: list.id,
    AddressFamily: list.addressFamily,
    State: list.state,
    ...(list.stateMessage === undefined ? {} : { StateMessage: list.stateMessage }),
    PrefixListArn: `arn:aws:ec2:${region.name}:${owner}:prefix-list/${list.id}`,
    PrefixListName: list.name,
    ...(list.isAwsManaged ? {} : { MaxEntries: list.maxEntries, Version: list.version }),
    Tags: tagsOf(region, list.id),
    OwnerId: ownerOf(region, list),
  };
}

function ownerOf(region: Region, { isAwsManaged }: PrefixListRecord): string {
  return isAwsManaged ? 'AWS' : region.account.id;
}

function checkedFamily(text: string | undefined): 'IPv4' | 'IPv6' {
  if (text === 'IPv4' || text === 'IPv6') return text;
  throw invalidParameter(`Value (${text ?? ''}) for parameter AddressFamily is invalid. Valid values are IPv4, IPv6.`);
}

/**
 * CreateManagedPrefixList. The answer is `create-in-progress`; the next describe call shows
 * `create-complete`.
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

function filtersOn(region: Region): FilterTable<PrefixListRecord> {
  return {
    'owner-id': (list) => [ownerOf(region, list)],
    'prefix-list-id': ({ id }) => [id],
    'prefix-list-name': ({ name }) => [name],
  };
}

/** DescribeManagedPrefixLists. Throws the errors of `requestedResources` and `filtered`. */
export function describeManagedPrefixLists(
  region: Region,
  input: DescribeManagedPrefixListsRequest,
): DescribeManagedPrefixListsResult {
  const named = requestedResources(region, PREFIX_LIST, input.PrefixListIds);
  const found = filtered(named, input.Filters, filtersOn(region), ({ id }) => region.tags.get(id));
  const { items, next } = pageOf(found, input, { min: 1, max: 100, defaultSize: 100 });
  return { PrefixLists: items.map((list) => describedPrefixList(region, list)), ...next };
}

const SERVICE_FILTERS: FilterTable<PrefixListRecord> = {
  'prefix-list-id': ({ id }) => [id],
  'prefix-list-name': ({ name }) => [name],
};

/**
 * DescribePrefixLists: the AWS-managed lists with their blocks. Throws the errors of
 * DescribeManagedPrefixLists.
 */
export function describePrefixLists(region: Region, input: DescribePrefixListsRequest): DescribePrefixListsResult {
  const named = requestedResources(region, PREFIX_LIST, input.PrefixListIds).filter((list) => list.isAwsManaged);
  const { items, next } = pageOf(filtered(named, input.Filters, SERVICE_FILTERS), input, { min: 1, max: 1000 });
  return {
    PrefixLists: items.map(({ id, name, version, versions }) => ({
      PrefixListId: id,
      PrefixListName: name,
      Cidrs: (versions.get(version) ?? []).map(({ cidr }) => cidr),
    })),
    ...next,
  };
}

/** GetManagedPrefixListEntries, of the current version or of `TargetVersion`, in pages of 1 to 100. */
export function getManagedPrefixListEntries(
  region: Region,
  input: GetManagedPrefixListEntriesRequest,
): GetManagedPrefixListEntriesResult {
  const list = requireResource(region, PREFIX_LIST, required(input.PrefixListId, 'prefixListId'));
  const version = input.TargetVersion ?? list.version;
  const entries = list.versions.get(version);
  if (!entries) throw invalidParameter(`The prefix list ${list.id} has no version ${version}`);
  const { items, next } = pageOf(entries, input, { min: 1, max: 100, defaultSize: 100 });
  const answered = items.map(({ cidr, description }) => ({
    Cidr: cidr,
    ...(description === undefined ? {} : { Description: description }),
  }));
  return { Entries: answered, ...next };
}

/**
 * DeleteManagedPrefixList. The answer is `delete-in-progress`. The next describe call no longer shows the
 * list, or shows `delete-failed` if a rule references it. Throws InvalidPrefixListID.NotFound,
 * InvalidPrefixListId.Malformed, OperationNotPermitted.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteManagedPrefixList.html
 */
export function deleteManagedPrefixList(
  region: Region,
  input: DeleteManagedPrefixListRequest,
): DeleteManagedPrefixListResult {
  const list = requireOwnPrefixList(region, input.PrefixListId);
  const user = [...region.rules.values()].find(({ source }) => source.kind === 'prefix-list' && source.id === list.id);
  if (user) {
    const stateMessage = `The prefix list is referenced by the security group ${user.groupId}`;
    region.prefixLists.set(list.id, { ...list, state: 'delete-failed', stateMessage });
  } else {
    region.prefixLists.delete(list.id);
    region.tags.delete(list.id);
  }
  return { PrefixList: describedPrefixList(region, { ...list, state: 'delete-in-progress' }) };
}
