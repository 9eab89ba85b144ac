import { InputInvalid } from '../domain/errors.ts';

/** A part of the model while it is built. Assigning a field is faster than spreading an object for it. */
export type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Parses JSON. JSON lines (one value on each line) become an array.
 *
 * @param source name of the input in error messages: a file, or `stdin`.
 * @throws InputInvalid if the text is not JSON. The error names the source and, for JSON lines, the line.
 */
export function parseJson(text: string, source: string): unknown {
  const body = text.replace(/^\uFEFF/, '');
  const lines = body.split('\n').map((line) => line.trim());
  if (!isLines(lines)) return parse(body, source);
  return lines.flatMap((line, index) => (line === '' ? [] : [parse(line, `${source}:${index + 1}`)]));
}

/** Whether the text is JSON lines: it has several lines, and the first is a complete JSON value. */
function isLines(lines: readonly string[]): boolean {
  const [first, second] = lines.filter((line) => line !== '');
  return first !== undefined && second !== undefined && 'value' in tryParse(first);
}

type Parsed = { readonly value: unknown } | { readonly error: SyntaxError };

function tryParse(text: string): Parsed {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return { error };
    throw error;
  }
}

function parse(text: string, place: string): unknown {
  if (text.trim() === '')
    throw new InputInvalid(`${place}: is empty; expected JSON (perhaps the command that wrote it failed)`);
  const parsed = tryParse(text);
  if ('error' in parsed) throw new InputInvalid(`${place}: not JSON: ${parsed.error.message}`, { cause: parsed.error });
  return parsed.value;
}

/** A JSON object from outside. Read its fields with `field`, which returns only own properties. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object. An array and null are not. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value if it is a JSON object, else undefined. */
export function asFields(value: unknown): Fields | undefined {
  return isFields(value) ? value : undefined;
}

/** The input's spelling: `GroupId` (SDK, CLI), `groupId` (CloudTrail, AWS Config) or `groupid`. */
export function spelling(fields: Fields, name: string): string {
  if (Object.hasOwn(fields, name)) return name;
  const { pascal, lower } = spellingsOf(name);
  if (Object.hasOwn(fields, pascal)) return pascal;
  return Object.hasOwn(fields, lower) ? lower : name;
}

interface Spellings {
  readonly pascal: string;
  readonly lower: string;
}

/** Prepared spellings of frequent fields: building two texts for each field doubles the time. */
const OFTEN_READ = [
  'cidrIp',
  'cidrIpv4',
  'cidrIpv6',
  'description',
  'fromPort',
  'groupId',
  'groupName',
  'groups',
  'ipPermissions',
  'ipPermissionsEgress',
  'ipProtocol',
  'ipRanges',
  'ipv4Ranges',
  'ipv6Ranges',
  'isEgress',
  'key',
  'ownerId',
  'prefixListId',
  'prefixListIds',
  'referencedGroupInfo',
  'securityGroupRuleId',
  'securityGroupRules',
  'securityGroups',
  'tags',
  'toPort',
  'userId',
  'userIdGroupPairs',
  'value',
  'vpcId',
  'vpcPeeringConnectionId',
] as const;

const SPELLINGS: ReadonlyMap<string, Spellings> = new Map(OFTEN_READ.map((name) => [name, spell(name)]));

function spell(name: string): Spellings {
  return {
    pascal: name.charAt(0).toUpperCase() + name.slice(1),
    lower: name.toLowerCase(),
  };
}

function spellingsOf(name: string): Spellings {
  return SPELLINGS.get(name) ?? spell(name);
}

/** A field by its camelCase name, in any spelling. Returns undefined if the field is absent or null. */
export function field(fields: Fields, name: string): unknown {
  const { pascal, lower } = spellingsOf(name);
  if (own(fields, name) !== undefined) return fields[name] ?? undefined;
  if (own(fields, pascal) !== undefined) return fields[pascal] ?? undefined;
  return own(fields, lower) ?? undefined;
}

/** Most requested fields are absent. Comparing the value first is faster than `Object.hasOwn`. */
function own(fields: Fields, key: string): unknown {
  const value = fields[key];
  return value !== undefined && Object.hasOwn(fields, key) ? value : undefined;
}

/** The object with lower-case keys, one level deep. For calls without documented spelling. */
export function lowerKeys(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key.toLowerCase(), value]));
}

/** The value if it is a text that is not empty, else undefined. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A field if it is a text that is not empty, else undefined. */
export function textField(fields: Fields, name: string): string | undefined {
  return asText(field(fields, name));
}

/** A whole number, given as a number or as a decimal text; undefined for any other value. */
export function asInteger(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

/**
 * The elements of a list. A list is an array, CloudTrail's `{items: […]}`, `{}` for an empty list, or a
 * single object. An absent value is an empty list. Returns undefined for any other value.
 */
export function asList(value: unknown): readonly unknown[] | undefined {
  const list = isFields(value) && Object.hasOwn(value, 'items') ? value['items'] : value;
  if (list === undefined || list === null) return [];
  if (Array.isArray(list)) return list;
  if (!isFields(list)) return undefined;
  return Object.keys(list).length === 0 ? [] : [list];
}

/** The elements of a field; none if the field is not a list. */
export function listField(fields: Fields, name: string): readonly unknown[] {
  return asList(field(fields, name)) ?? [];
}

/** The texts in a list that are not empty. */
export function textsField(fields: Fields, name: string): readonly string[] {
  return listField(fields, name).flatMap((element) => asText(element) ?? []);
}

/** The path of a field for error messages. `at` is the path of its object, or empty at the top level. */
export function placeOf(fields: Fields, name: string, at: string): string {
  return `${at === '' ? '' : `${at}.`}${spelling(fields, name)}`;
}

/** A short, one-line form of any value for error messages. */
export function preview(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (isFields(value)) return objectPreview(Object.keys(value));
  return clippedText(JSON.stringify(value) ?? 'nothing');
}

const MOST_KEYS = 4;

/** The first keys show which kind of document the object is. */
function objectPreview(keys: readonly string[]): string {
  if (keys.length === 0) return 'an empty object';
  const first = keys.slice(0, MOST_KEYS).map((key) => clippedText(JSON.stringify(key)));
  return `an object with ${first.join(', ')}${keys.length > MOST_KEYS ? ', …' : ''}`;
}

function clippedText(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** Returns what `read` returns. If `read` throws InputInvalid, adds the message to `errors`. */
export function orNote<T>(errors: string[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InputInvalid)) throw error;
    errors.push(error.message);
    return undefined;
  }
}

/**
 * Returns what `read` returns in a list, or an empty list if `read` throws InputInvalid. Only for the rule
 * contents that an event states: Portcullis reads the rules from EC2 anyway.
 */
export function orNothing<T>(read: () => T): readonly T[] {
  const value = orNote([], read);
  return value === undefined ? [] : [value];
}
