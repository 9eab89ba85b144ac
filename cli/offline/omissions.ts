import { partsOf, WHOLE_OUTPUT } from '../../shared/readers/description-parts.ts';
import { asFields, asList, type Fields, field, isFields, shown, spelling } from '../../shared/readers/fields.ts';

interface FieldNames {
  readonly names: readonly string[];
  /** As the SDK and the AWS CLI spell them. */
  readonly usual: ReadonlySet<string>;
}

const usualSpelling = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

const fieldNames = (...names: readonly string[]): FieldNames => ({
  names,
  usual: new Set(names.map(usualSpelling)),
});

const SOURCE_LISTS = ['ipv4Ranges', 'ipRanges', 'ipv6Ranges', 'prefixListIds', 'userIdGroupPairs', 'groups'];

const PERMISSION = fieldNames('ipProtocol', 'fromPort', 'toPort', ...SOURCE_LISTS);

/** The permission lists of a group, and which rules each holds. */
const PERMISSION_LISTS = [
  ['ipPermissions', 'inbound'],
  ['ipPermissionsEgress', 'outbound'],
] as const;

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (typeof value === 'object' && Object.keys(value).length === 0);

/** Keys that hold something and that no reader looks at: unknown ones, and a second spelling of a known one. */
const unreadKeys = (fields: Fields, { names, usual }: FieldNames): readonly string[] => {
  const keys = Object.keys(fields);
  if (keys.every((key) => usual.has(key))) return [];
  const read = new Set(names.map((name) => spelling(fields, name)));
  return keys.filter((key) => !read.has(key) && !isEmpty(fields[key]));
};

const hasSource = (fields: Fields): boolean => SOURCE_LISTS.some((name) => asList(field(fields, name))?.length !== 0);

function* omittedInPermission(value: unknown, at: string): Generator<string> {
  const fields = asFields(value);
  if (fields === undefined) return;
  const unread = unreadKeys(fields, PERMISSION);
  for (const key of unread)
    yield `${at}: ${shown(key)} is not a field of a permission, so its rules are not judged: ${WHOLE_OUTPUT}`;
  if (unread.length === 0 && !hasSource(fields))
    yield `${at}: names no source (IpRanges, Ipv6Ranges, PrefixListIds or UserIdGroupPairs): ${WHOLE_OUTPUT}`;
}

function* omittedInGroup(fields: Fields, at: string): Generator<string> {
  const keys = Object.keys(fields);
  for (const [name, rules] of PERMISSION_LISTS) {
    const place = `${at === '' ? '' : `${at}.`}${usualSpelling(name)}`;
    const value = field(fields, name);
    const others = keys.filter((key) => key.toLowerCase() === name.toLowerCase() && key !== spelling(fields, name));
    if (others.length > 0) yield `${place}: stands there as ${others.map(shown).join(', ')}, too: ${WHOLE_OUTPUT}`;
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
    else if (part.kind === 'permission') yield* omittedInPermission(part.fields, part.at);
  }
}
