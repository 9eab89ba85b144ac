import { InputInvalid } from '../../domain/errors.ts';
import type { Direction, RuleContent, Source } from '../../domain/group.ts';
import { contentKey } from '../../network/rule-key.ts';
import {
  asFields,
  asList,
  type Fields,
  field,
  orNote,
  orNothing,
  placeOf,
  preview,
  textField,
  type Writable,
} from '../json.ts';
import {
  cidrSource,
  flatSource,
  groupSource,
  plainSource,
  prefixListSource,
  readTraffic,
  type StatedTraffic,
} from './rule-fields.ts';

/**
 * Reads a rule that has its single source in its own fields: DescribeSecurityGroupRules, CloudTrail's
 * `securityGroupRuleSet` and CloudTrail's flat form.
 *
 * @param direction applies if the rule does not state its direction.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html
 * @throws InputInvalid if a field cannot be read. The error names the field under `at`.
 */
export function readFlatRule(fields: Fields, at: string, direction?: Direction): RuleContent {
  const description = textField(fields, 'description');
  return {
    direction: readDirection(fields, at, direction),
    ...readTraffic(fields, at),
    source: flatSource(fields, at),
    ...(description === undefined ? {} : { description }),
  };
}

function readDirection(fields: Fields, at: string, fallback: Direction | undefined): Direction {
  const value = field(fields, 'isEgress') ?? (fallback === undefined ? undefined : fallback === 'egress');
  if (value === true || value === 'true') return 'egress';
  if (value === false || value === 'false') return 'ingress';
  throw new InputInvalid(`${placeOf(fields, 'isEgress', at)}: ${preview(value)} is neither true nor false`);
}

/** Fields that a permission does not state: the direction, and others that the caller knows. */
type Head = Pick<RuleContent, 'direction'>;

/**
 * Reads one permission of the SDK, the CLI, AWS Config or CloudTrail's items form. Each source becomes a
 * rule.
 *
 * @param head fields that every rule gets.
 * @param errors receives a message for each source that cannot be read.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
 */
export function readPermission<H extends Head>(
  value: unknown,
  head: H,
  at: string,
  errors: string[],
): readonly (H & RuleContent)[] {
  const fields = asFields(value);
  if (fields === undefined) {
    errors.push(`${at}: ${preview(value)} is not a permission`);
    return [];
  }
  const traffic = orNote(errors, () => readTraffic(fields, at));
  if (traffic === undefined) return [];
  const contents = readSources(fields, at, errors).map((described) => ruleOf(head, traffic, described));
  return contents.length > 1 ? distinct(contents) : contents;
}

/** A source of a permission and its description. */
type Described = Pick<RuleContent, 'source' | 'description'>;

type ReadSource = (fields: Fields, at: string) => Source;

function prefixListIn(fields: Fields, at: string): Source {
  return prefixListSource(field(fields, 'prefixListId'), placeOf(fields, 'prefixListId', at));
}

/** The lists of sources. AWS Config states IPv4 twice: texts in `ipRanges`, objects in `ipv4Ranges`. */
const LISTS: readonly (readonly [name: string, read: ReadSource])[] = [
  ['ipv4Ranges', cidrIn('cidrIp')],
  ['ipRanges', cidrIn('cidrIp')],
  ['ipv6Ranges', cidrIn('cidrIpv6')],
  ['prefixListIds', prefixListIn],
  ['userIdGroupPairs', groupSource],
  ['groups', groupSource],
];

function cidrIn(name: 'cidrIp' | 'cidrIpv6'): ReadSource {
  return (fields, at) => {
    const value = field(fields, name);
    return plainSource(value) ?? cidrSource(value, placeOf(fields, name, at));
  };
}

function readSources(fields: Fields, at: string, errors: string[]): readonly Described[] {
  const found: Described[] = [];
  for (const [name, read] of LISTS) {
    const value = field(fields, name);
    if (value === undefined) continue;
    const list = asList(value);
    if (list === undefined) errors.push(`${placeOf(fields, name, at)}: ${preview(value)} is not a list`);
    else if (list.length > 0) found.push(...readList(list, read, errors, () => placeOf(fields, name, at)));
  }
  return found;
}

/** Reads a list of sources. Paths for messages are built only if a source cannot be read, which is rare. */
function readList(
  list: readonly unknown[],
  read: ReadSource,
  errors: string[],
  place: () => string,
): readonly Described[] {
  const found: Described[] = [];
  for (let index = 0; index < list.length; index += 1) {
    const [described = orNote(errors, () => readElement(list[index], read, `${place()}[${index}]`))] = orNothing(() =>
      readElement(list[index], read, ''),
    );
    if (described !== undefined) found.push(described);
  }
  return found;
}

function readElement(value: unknown, read: ReadSource, at: string): Described {
  if (typeof value === 'string') return { source: cidrSource(value, at) };
  const fields = asFields(value);
  if (fields === undefined) throw new InputInvalid(`${at}: ${preview(value)} is not a source`);
  const described: Writable<Described> = { source: read(fields, at) };
  const description = textField(fields, 'description');
  if (description !== undefined) described.description = description;
  return described;
}

function ruleOf<H extends Head>(
  head: H,
  { protocol, fromPort, toPort }: StatedTraffic,
  described: Described,
): H & RuleContent {
  const content: H & Writable<RuleContent> = { ...head, protocol, source: described.source };
  if (fromPort !== undefined) content.fromPort = fromPort;
  if (toPort !== undefined) content.toPort = toPort;
  if (described.description !== undefined) content.description = described.description;
  return content;
}

function distinct<R extends RuleContent>(contents: readonly R[]): readonly R[] {
  const seen = new Set<string>();
  return contents.filter((content) => {
    const key = contentKey(content);
    return !seen.has(key) && seen.add(key);
  });
}
