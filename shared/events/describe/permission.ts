import { InputInvalid } from '../../domain/errors.ts';
import type { RuleContent, Source } from '../../domain/rule.ts';
import { contentKey } from '../../network/rule-key.ts';
import { asFields, asList, type Fields, field, placeOf, shown, textField, type Writable } from '../fields.ts';
import { noting, readable } from '../requests/note.ts';
import { cidrSource, groupSource, plainSource, prefixListSource } from './source.ts';
import { readTraffic, type Traffic } from './traffic.ts';

type ReadSource = (fields: Fields, at: string) => Source;

const cidrIn =
  (name: 'cidrIp' | 'cidrIpv6'): ReadSource =>
  (fields, at) => {
    const value = field(fields, name);
    return plainSource(value) ?? cidrSource(value, placeOf(fields, name, at));
  };

const prefixListIn: ReadSource = (fields, at) =>
  prefixListSource(field(fields, 'prefixListId'), placeOf(fields, 'prefixListId', at));

/** The lists of sources in a permission. AWS Config states IPv4 twice: `ipRanges` as texts, `ipv4Ranges` as objects. */
const LISTS: readonly (readonly [name: string, read: ReadSource])[] = [
  ['ipv4Ranges', cidrIn('cidrIp')],
  ['ipRanges', cidrIn('cidrIp')],
  ['ipv6Ranges', cidrIn('cidrIpv6')],
  ['prefixListIds', prefixListIn],
  ['userIdGroupPairs', groupSource],
  ['groups', groupSource],
];

/** What a permission does not say itself: the direction, and more where it is known. */
type Head = Pick<RuleContent, 'direction'>;

/** A source of a permission, and the description that EC2 keeps with it. */
type Described = Pick<RuleContent, 'source' | 'description'>;

const readElement = (value: unknown, read: ReadSource, at: string): Described => {
  if (typeof value === 'string') return { source: cidrSource(value, at) };
  const fields = asFields(value);
  if (fields === undefined) throw new InputInvalid(`${at}: ${shown(value)} is not a source`);
  const described: Writable<Described> = { source: read(fields, at) };
  const description = textField(fields, 'description');
  if (description !== undefined) described.description = description;
  return described;
};

/** Elements of a list as sources. Places are put together only for what cannot be read: nearly nothing. */
const readList = (
  list: readonly unknown[],
  read: ReadSource,
  errors: string[],
  place: () => string,
): readonly Described[] => {
  const found: Described[] = [];
  for (let index = 0; index < list.length; index += 1) {
    const [described = noting(errors, () => readElement(list[index], read, `${place()}[${index}]`))] = readable(() =>
      readElement(list[index], read, ''),
    );
    if (described !== undefined) found.push(described);
  }
  return found;
};

const readSources = (fields: Fields, at: string, errors: string[]): readonly Described[] => {
  const found: Described[] = [];
  for (const [name, read] of LISTS) {
    const value = field(fields, name);
    if (value === undefined) continue;
    const list = asList(value);
    if (list === undefined) errors.push(`${placeOf(fields, name, at)}: ${shown(value)} is not a list`);
    else if (list.length > 0) found.push(...readList(list, read, errors, () => placeOf(fields, name, at)));
  }
  return found;
};

const ruleOf = <H extends Head>(
  head: H,
  { protocol, fromPort, toPort }: Traffic,
  described: Described,
): H & RuleContent => {
  const content: H & Writable<RuleContent> = { ...head, protocol, source: described.source };
  if (fromPort !== undefined) content.fromPort = fromPort;
  if (toPort !== undefined) content.toPort = toPort;
  if (described.description !== undefined) content.description = described.description;
  return content;
};

const distinct = <R extends RuleContent>(contents: readonly R[]): readonly R[] => {
  const seen = new Set<string>();
  return contents.filter((content) => {
    const key = contentKey(content);
    return !seen.has(key) && seen.add(key);
  });
};

/**
 * Reads one permission (SDK, CLI, AWS Config or CloudTrail's items form): each of its sources is a rule of its own.
 * What cannot be read is noted in `errors` with its place; the rest is returned. `head` is what its surroundings tell of every rule.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
 */
export const readPermission = <H extends Head>(
  value: unknown,
  head: H,
  at: string,
  errors: string[],
): readonly (H & RuleContent)[] => {
  const fields = asFields(value);
  if (fields === undefined) {
    errors.push(`${at}: ${shown(value)} is not a permission`);
    return [];
  }
  const traffic = noting(errors, () => readTraffic(fields, at));
  if (traffic === undefined) return [];
  const contents = readSources(fields, at, errors).map((described) => ruleOf(head, traffic, described));
  return contents.length > 1 ? distinct(contents) : contents;
};
