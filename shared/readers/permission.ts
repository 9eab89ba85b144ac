import { contentKey } from '../exposure/rule-key.ts';
import { InputInvalid } from '../model/errors.ts';
import type { Direction, RuleContent, Source } from '../model/rule.ts';
import { asFields, asList, type Fields, field, placeOf, shown, textField } from './fields.ts';
import { noting } from './note.ts';
import { cidrSource, groupSource, prefixListSource } from './source.ts';
import { readTraffic } from './traffic.ts';

type ReadSource = (fields: Fields, at: string) => Source;

const cidrIn =
  (name: 'cidrIp' | 'cidrIpv6'): ReadSource =>
  (fields, at) =>
    cidrSource(field(fields, name), placeOf(fields, name, at));

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

/** A source of a permission, and the description that EC2 keeps with it. */
type Described = Pick<RuleContent, 'source' | 'description'>;

const readElement = (value: unknown, read: ReadSource, at: string): Described => {
  if (typeof value === 'string') return { source: cidrSource(value, at) };
  const fields = asFields(value);
  if (fields === undefined) throw new InputInvalid(`${at}: ${shown(value)} is not a source`);
  const description = textField(fields, 'description');
  return { source: read(fields, at), ...(description === undefined ? {} : { description }) };
};

const readSources = (fields: Fields, at: string, errors: string[]): readonly Described[] =>
  LISTS.flatMap(([name, read]) => {
    const value = field(fields, name);
    if (value === undefined) return [];
    const place = placeOf(fields, name, at);
    const list = asList(value);
    if (list === undefined) errors.push(`${place}: ${shown(value)} is not a list`);
    return (list ?? []).flatMap(
      (element, index) => noting(errors, () => readElement(element, read, `${place}[${index}]`)) ?? [],
    );
  });

/**
 * Reads one permission (SDK, CLI, AWS Config or CloudTrail's items form): each of its sources is a rule of its own.
 * What cannot be read is noted in `errors` with its place; the rest is returned.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
 */
export const readPermission = (
  value: unknown,
  direction: Direction,
  at: string,
  errors: string[],
): readonly RuleContent[] => {
  const fields = asFields(value);
  if (fields === undefined) {
    errors.push(`${at}: ${shown(value)} is not a permission`);
    return [];
  }
  const traffic = noting(errors, () => readTraffic(fields, at));
  if (traffic === undefined) return [];
  const contents = new Map<string, RuleContent>();
  for (const described of readSources(fields, at, errors)) {
    const content = { direction, ...traffic, ...described };
    const key = contentKey(content);
    if (!contents.has(key)) contents.set(key, content);
  }
  return [...contents.values()];
};
