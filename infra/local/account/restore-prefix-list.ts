import type {
  RestoreManagedPrefixListVersionRequest,
  RestoreManagedPrefixListVersionResult,
} from '@aws-sdk/client-ec2';
import { AwsError, invalidParameter, required } from './aws-error.ts';
import { describedPrefixList, requireOwnPrefixList } from './prefix-lists.ts';
import type { Region } from './region.ts';

/**
 * RestoreManagedPrefixListVersion: the entries of an old version as a new one. The answer is `restore-in-progress`; the next look finds
 * `restore-complete`. Throws PrefixListVersionMismatch, InvalidParameterValue for a version that the list never had.
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
