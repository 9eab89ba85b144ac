import { partsOf, WHOLE_OUTPUT } from '../../shared/events/describe/descriptions.ts';
import { asFields, asList, type Fields, field, isFields, preview, spelling } from '../../shared/events/json.ts';

/**
 * Finds what a description of groups lacks, and what the readers would skip: a group without permissions, a
 * permission without a source, a field with an unknown name. Each error has its place. Without this check the
 * group would be judged as if it had fewer rules.
 */
export function* omissionsIn(description: unknown): Generator<string> {
  for (const part of partsOf(description)) {
    if (part.kind === 'group') yield* omittedInGroup(part.fields, part.at);
    else if (part.kind === 'rule') yield* omittedInRule(part.fields, part.at);
    else if (part.kind === 'permission') yield* omittedInPermission(part.fields, part.at);
  }
}

/** The permission lists of a group, with the direction of their rules. */
const PERMISSION_LISTS = [
  ['ipPermissions', 'inbound'],
  ['ipPermissionsEgress', 'outbound'],
] as const;

function* omittedInGroup(fields: Fields, at: string): Generator<string> {
  const keys = Object.keys(fields);
  for (const [name, rules] of PERMISSION_LISTS) {
    const place = `${at === '' ? '' : `${at}.`}${usualSpelling(name)}`;
    const value = field(fields, name);
    const others = keys.filter((key) => key.toLowerCase() === name.toLowerCase() && key !== spelling(fields, name));
    if (others.length > 0) yield `${place}: is also written as ${others.map(preview).join(', ')}: ${WHOLE_OUTPUT}`;
    else if (value === undefined || (isFields(value) && isEmpty(value)))
      yield `${place}: missing, so the ${rules} rules of the group are not judged: ${WHOLE_OUTPUT}`;
    for (const [index, permission] of (asList(value) ?? []).entries())
      yield* omittedInPermission(permission, `${place}[${index}]`);
  }
}

function usualSpelling(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === '' ||
    (typeof value === 'object' && Object.keys(value).length === 0)
  );
}

interface FieldNames {
  readonly names: readonly string[];
  /** The names as the SDK and the AWS CLI write them. */
  readonly usual: ReadonlySet<string>;
}

const SOURCE_LISTS = ['ipv4Ranges', 'ipRanges', 'ipv6Ranges', 'prefixListIds', 'userIdGroupPairs', 'groups'] as const;

const PERMISSION = fieldNames('ipProtocol', 'fromPort', 'toPort', ...SOURCE_LISTS);

function fieldNames(...names: readonly string[]): FieldNames {
  return {
    names,
    usual: new Set(names.map(usualSpelling)),
  };
}

function* omittedInPermission(value: unknown, at: string): Generator<string> {
  const fields = asFields(value);
  if (fields === undefined) return;
  const unread = unreadKeys(fields, PERMISSION);
  for (const key of unread)
    yield `${at}: ${preview(key)} is not a field of a permission, so its rules are not judged: ${WHOLE_OUTPUT}`;
  if (unread.length === 0 && !hasSource(fields))
    yield `${at}: has no source (IpRanges, Ipv6Ranges, PrefixListIds or UserIdGroupPairs): ${WHOLE_OUTPUT}`;
  yield* omittedInSources(fields, at);
}

const NO_KEYS: readonly string[] = [];

/** Keys with a value that no reader reads: unknown keys, and a second spelling of a known key. */
function unreadKeys(fields: Fields, { names, usual }: FieldNames): readonly string[] {
  if (hasOnly(fields, usual)) return NO_KEYS;
  const keys = Object.keys(fields);
  const read = new Set(names.map((name) => spelling(fields, name)));
  return keys.filter((key) => !read.has(key) && !isEmpty(fields[key]));
}

/**
 * This is true for nearly every object, so the loop avoids building a list of the keys: it is several times
 * as fast.
 */
function hasOnly(fields: Fields, keys: ReadonlySet<string>): boolean {
  for (const key in fields) if (!keys.has(key)) return false;
  return true;
}

function hasSource(fields: Fields): boolean {
  return SOURCE_LISTS.some((name) => asList(field(fields, name))?.length !== 0);
}

const GROUP_PAIR = [
  'groupId',
  'groupName',
  'userId',
  'vpcId',
  'vpcPeeringConnectionId',
  'peeringStatus',
  'description',
] as const;

/** The fields of an element of each list of sources. */
const SOURCES: Readonly<Record<(typeof SOURCE_LISTS)[number], FieldNames>> = {
  ipv4Ranges: fieldNames('cidrIp', 'description'),
  ipRanges: fieldNames('cidrIp', 'description'),
  ipv6Ranges: fieldNames('cidrIpv6', 'description'),
  prefixListIds: fieldNames('prefixListId', 'description'),
  userIdGroupPairs: fieldNames(...GROUP_PAIR),
  groups: fieldNames(...GROUP_PAIR),
};

/** Fields of a source that are not read. */
function omittedInSources(fields: Fields, at: string): readonly string[] {
  const omitted: string[] = [];
  for (const name of SOURCE_LISTS) {
    const list = asList(field(fields, name)) ?? NO_KEYS;
    for (let index = 0; index < list.length; index += 1) {
      const element = list[index];
      const unread = isFields(element) ? unreadKeys(element, SOURCES[name]) : NO_KEYS;
      if (unread.length === 0) continue;
      const place = `${at}.${spelling(fields, name)}[${index}]`;
      for (const key of unread)
        omitted.push(`${place}: ${preview(key)} is not a field of a source of this kind: ${WHOLE_OUTPUT}`);
    }
  }
  return omitted;
}

/** A rule of DescribeSecurityGroupRules has exactly one of these fields. */
const FLAT_SOURCES = ['cidrIpv4', 'cidrIpv6', 'cidrIp', 'prefixListId', 'referencedGroupInfo'];

function* omittedInRule(fields: Fields, at: string): Generator<string> {
  const sources = FLAT_SOURCES.filter((name) => field(fields, name) !== undefined);
  if (sources.length > 1)
    yield `${at}: has ${sources.map((name) => spelling(fields, name)).join(' and ')}, but a rule has exactly one source: ${WHOLE_OUTPUT}`;
}
