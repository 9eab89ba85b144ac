import type {
  ModifyManagedPrefixListRequest,
  ModifyManagedPrefixListResult,
  RestoreManagedPrefixListVersionRequest,
  RestoreManagedPrefixListVersionResult,
} from '@aws-sdk/client-ec2';
import type { Region } from '../../state/account.ts';
import type { PrefixListRecord } from '../../state/ec2-records.ts';
import { AwsError, invalidParameter, missingParameter, required } from '../../state/operation.ts';
import { changedEntries, describedPrefixList, requireOwnPrefixList } from './prefix-lists.ts';
import { rulesOf } from './resources.ts';
import { checkRuleQuota } from './rules.ts';

/** Checks that every group which references the list keeps to its rule quota with the list's new size. */
function checkReferences(region: Region, list: PrefixListRecord): void {
  const resized = { ...region, prefixLists: new Map([...region.prefixLists, [list.id, list]]) };
  for (const group of region.groups.values()) {
    for (const direction of ['ingress', 'egress'] as const) {
      checkRuleQuota(
        resized,
        rulesOf(region, group.id).filter((rule) => rule.direction === direction),
      );
    }
  }
}

function withEntries(list: PrefixListRecord, input: ModifyManagedPrefixListRequest): PrefixListRecord {
  const [add, remove] = [input.AddEntries ?? [], input.RemoveEntries ?? []];
  if (add.length === 0 && remove.length === 0) return list;
  if (input.CurrentVersion === undefined) throw missingParameter('CurrentVersion');
  if (input.CurrentVersion !== list.version) {
    throw new AwsError('PrefixListVersionMismatch', 'The prefix list has the incorrect version number.');
  }
  const version = list.version + 1;
  return { ...list, version, versions: new Map([...list.versions, [version, changedEntries(list, add, remove)]]) };
}

function withSize(region: Region, list: PrefixListRecord, input: ModifyManagedPrefixListRequest): PrefixListRecord {
  const { MaxEntries: maxEntries } = input;
  if (maxEntries === undefined) return list;
  if (input.AddEntries?.length || input.RemoveEntries?.length) {
    throw new AwsError(
      'InvalidParameterCombination',
      'You cannot modify the entries and the maximum entries for the prefix list in the same request.',
    );
  }
  if (maxEntries < (list.versions.get(list.version) ?? []).length) {
    throw invalidParameter(`MaxEntries ${maxEntries} is smaller than the number of entries of ${list.id}`);
  }
  const resized = { ...list, maxEntries };
  checkReferences(region, resized);
  return resized;
}

/**
 * ModifyManagedPrefixList: changes the entries (as a new version), the size or the name. The answer is
 * `modify-in-progress`; the next describe call shows `modify-complete`. Throws PrefixListVersionMismatch,
 * PrefixListMaxEntriesExceeded, InvalidParameterCombination and the errors of `changedEntries`.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyManagedPrefixList.html
 */
export function modifyManagedPrefixList(
  region: Region,
  input: ModifyManagedPrefixListRequest,
): ModifyManagedPrefixListResult {
  const list = requireOwnPrefixList(region, input.PrefixListId);
  const { stateMessage: _earlier, ...known } = list;
  const named = { ...known, name: input.PrefixListName ?? list.name, state: 'modify-complete' } as const;
  const changed = withEntries(withSize(region, named, input), input);
  region.prefixLists.set(list.id, changed);
  return {
    PrefixList: describedPrefixList(region, { ...changed, version: list.version, state: 'modify-in-progress' }),
  };
}

/**
 * RestoreManagedPrefixListVersion: creates a new version with the entries of an old one. The answer is
 * `restore-in-progress`; the next describe call shows `restore-complete`. Throws PrefixListVersionMismatch,
 * and InvalidParameterValue for a version that never existed.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RestoreManagedPrefixListVersion.html
 */
export function restoreManagedPrefixListVersion(
  region: Region,
  input: RestoreManagedPrefixListVersionRequest,
): RestoreManagedPrefixListVersionResult {
  const list = requireOwnPrefixList(region, input.PrefixListId);
  const previous = required(input.PreviousVersion, 'PreviousVersion');
  if (required(input.CurrentVersion, 'CurrentVersion') !== list.version) {
    throw new AwsError('PrefixListVersionMismatch', 'The prefix list has the incorrect version number.');
  }
  const entries = list.versions.get(previous);
  if (!entries) throw invalidParameter(`The prefix list ${list.id} has no version ${previous}`);
  const version = list.version + 1;
  const versions = new Map([...list.versions, [version, entries]]);
  region.prefixLists.set(list.id, { ...list, version, versions, state: 'restore-complete' });
  return { PrefixList: describedPrefixList(region, { ...list, state: 'restore-in-progress' }) };
}
