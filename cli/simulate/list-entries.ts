import { openRecord } from '../../shared/events/cloudtrail/record.ts';
import { wrappedPart } from '../../shared/events/cloudtrail/wrapped.ts';
import { cidrSource } from '../../shared/events/describe/source.ts';
import { asFields, type Fields, listField, textField } from '../../shared/events/fields.ts';
import { canonicalKey } from '../../shared/network/canonical.ts';

const entriesIn = (request: Fields, names: readonly string[]): readonly string[] =>
  names.flatMap((name) => listField(request, name)).flatMap((entry) => textField(asFields(entry) ?? {}, 'cidr') ?? []);

/** The same block has one key, however it is written. */
const keyOf = (cidr: string): string =>
  canonicalKey({ direction: 'ingress', protocol: '-1', source: cidrSource(cidr, 'Cidr') });

/** The entries of a prefix list after ModifyManagedPrefixList. Throws InputInvalid for an entry that is no CIDR block. */
export function entriesAfter(cidrs: readonly string[], event: unknown): readonly string[] {
  const request = wrappedPart(openRecord(event), 'requestParameters', 'ModifyManagedPrefixListRequest');
  const [added, removed] = [
    entriesIn(request, ['addentry', 'addentries']),
    entriesIn(request, ['removeentry', 'removeentries']).map(keyOf),
  ];
  const left = cidrs.filter((cidr) => !removed.includes(keyOf(cidr)));
  const known = new Set(left.map(keyOf));
  return [...left, ...added.filter((cidr) => !known.has(keyOf(cidr)))];
}
