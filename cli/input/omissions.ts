import { partsOf, WHOLE_OUTPUT } from '../../shared/events/describe/descriptions.ts';
import { asFields, asList, type Fields, field, isFields, preview, spelling } from '../../shared/events/json.ts';

interface FieldNames {
  readonly names: readonly string[];
  /** As the SDK and the AWS CLI spell them. */
  readonly usual: ReadonlySet<string>;
}

function usualSpelling(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function fieldNames(...names: readonly string[]): FieldNames {
  return {
    names,
    usual: new Set(names.map(usualSpelling)),
  };
}

const SOURCE_LISTS = ['ipv4Ranges', 'ipRanges', 'ipv6Ranges', 'prefixListIds', 'userIdGroupPairs', 'groups'] as const;

const GROUP_PAIR = [
  'groupId',
  'groupName',
  'userId',
  'vpcId',
  'vpcPeeringConnectionId',
  'peeringStatus',
  'description',
] as const;

/** What an element of each list of sources may hold. */
const SOURCES: Readonly<Record<(typeof SOURCE_LISTS)[number], FieldNames>> = {
  ipv4Ranges: fieldNames('cidrIp', 'description'),
  ipRanges: fieldNames('cidrIp', 'description'),
  ipv6Ranges: fieldNames('cidrIpv6', 'description'),
  prefixListIds: fieldNames('prefixListId', 'description'),
  userIdGroupPairs: fieldNames(...GROUP_PAIR),
  groups: fieldNames(...GROUP_PAIR),
};

/** Of these a rule of DescribeSecurityGroupRules holds one. */
const FLAT_SOURCES = ['cidrIpv4', 'cidrIpv6', 'cidrIp', 'prefixListId', 'referencedGroupInfo'];

const PERMISSION = fieldNames('ipProtocol', 'fromPort', 'toPort', ...SOURCE_LISTS);

/** The permission lists of a group, and which rules each holds. */
const PERMISSION_LISTS = [
  ['ipPermissions', 'inbound'],
  ['ipPermissionsEgress', 'outbound'],
] as const;

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === '' ||
    (typeof value === 'object' && Object.keys(value).length === 0)
  );
}

const NO_KEYS: readonly string[] = [];

/** Nearly always; a loop over the keys is several times as fast as a list of them. */
function hasOnly(fields: Fields, keys: ReadonlySet<string>): boolean {
  for (const key in fields) if (!keys.has(key)) return false;
  return true;
}

/** Keys that hold something and that no reader looks at: unknown ones, and a second spelling of a known one. */
function unreadKeys(fields: Fields, { names, usual }: FieldNames): readonly string[] {
  if (hasOnly(fields, usual)) return NO_KEYS;
  const keys = Object.keys(fields);
  const read = new Set(names.map((name) => spelling(fields, name)));
  return keys.filter((key) => !read.has(key) && !isEmpty(fields[key]));
}

function hasSource(fields: Fields): boolean {
  return SOURCE_LISTS.some((name) => asList(field(fields, name))?.length !== 0);
}

/** Sources beside the one that is read of an element. */
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
        omitted.push(`${place}: ${preview(key)} is not a field of such a source: ${WHOLE_OUTPUT}`);
    }
  }
  return omitted;
}

function* omittedInPermission(value: unknown, at: string): Generator<string> {
  const fields = asFields(value);
  if (fields === undefined) return;
  const unread = unreadKeys(fields, PERMISSION);
  for (const key of unread)
    yield `${at}: ${preview(key)} is not a field of a permission, so its rules are not judged: ${WHOLE_OUTPUT}`;
  if (unread.length === 0 && !hasSource(fields))
    yield `${at}: names no source (IpRanges, Ipv6Ranges, PrefixListIds or UserIdGroupPairs): ${WHOLE_OUTPUT}`;
  yield* omittedInSources(fields, at);
}

function* omittedInRule(fields: Fields, at: string): Generator<string> {
  const held = FLAT_SOURCES.filter((name) => field(fields, name) !== undefined);
  if (held.length > 1)
    yield `${at}: holds ${held.map((name) => spelling(fields, name)).join(' and ')}, and a rule has one source: ${WHOLE_OUTPUT}`;
}

function* omittedInGroup(fields: Fields, at: string): Generator<string> {
  const keys = Object.keys(fields);
  for (const [name, rules] of PERMISSION_LISTS) {
    const place = `${at === '' ? '' : `${at}.`}${usualSpelling(name)}`;
    const value = field(fields, name);
    const others = keys.filter((key) => key.toLowerCase() === name.toLowerCase() && key !== spelling(fields, name));
    if (others.length > 0) yield `${place}: stands there as ${others.map(preview).join(', ')}, too: ${WHOLE_OUTPUT}`;
    else if (value === undefined || (isFields(value) && isEmpty(value)))
      yield `${place}: missing, so the ${rules} rules of the group are not judged: ${WHOLE_OUTPUT}`;
    for (const [index, permission] of (asList(value) ?? []).entries())
      yield* omittedInPermission(permission, `${place}[${index}]`);
  }
}

/**
 * What a description of groups lacks or holds in a form that the readers pass over, each with its place: a group without its permissions,
 * a permission without a source, a field with an unknown name. The readers take such a description for one with fewer rules.
 */
export function* omissionsIn(description: unknown): Generator<string> {
  for (const part of partsOf(description)) {
    if (part.kind === 'group') yield* omittedInGroup(part.fields, part.at);
    else if (part.kind === 'rule') yield* omittedInRule(part.fields, part.at);
    else if (part.kind === 'permission') yield* omittedInPermission(part.fields, part.at);
  }
}
