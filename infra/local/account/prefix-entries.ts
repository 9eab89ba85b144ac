import type { AddPrefixListEntry, RemovePrefixListEntry } from '@aws-sdk/client-ec2';
import { AwsError, invalidParameter } from './aws-error.ts';
import { canonicalCidr } from './cidr.ts';
import type { PrefixEntry, PrefixListRecord } from './records.ts';

function checkCount(entries: readonly PrefixEntry[], maxEntries: number): readonly PrefixEntry[] {
  if (entries.length <= maxEntries) return entries;
  throw new AwsError(
    'PrefixListMaxEntriesExceeded',
    `You have exceeded the maximum number of entries (${maxEntries}) of the prefix list.`,
  );
}

/** Entries as EC2 stores them: canonical, all of the list's family, each once. Throws InvalidParameterValue. */
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
 * The entries after additions and removals; an addition of an entry that is there replaces its description.
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
