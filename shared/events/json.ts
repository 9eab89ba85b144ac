import { InputInvalid } from '../domain/errors.ts';

/** A part of the model while it is put together: absent fields are left out, and an object spread for each of them costs more than the field. */
export type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reads JSON, or JSON lines (one value on each line) as an array of them.
 *
 * @param source names the input in messages: a file, or `stdin`.
 * @throws InputInvalid naming the source, and the line of JSON lines.
 */
export function parseJson(text: string, source: string): unknown {
  const body = text.replace(/^\uFEFF/, '');
  const lines = body.split('\n').map((line) => line.trim());
  if (!isLines(lines)) return parse(body, source);
  return lines.flatMap((line, index) => (line === '' ? [] : [parse(line, `${source}:${index + 1}`)]));
}

/** Whether the text is one JSON value a line: more than one line, the first of which is whole by itself. */
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

/** A JSON object. Its keys come from outside, so it is read through `field` alone: own properties only. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object: no array, not null. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as a JSON object; undefined for everything else. */
export function asFields(value: unknown): Fields | undefined {
  return isFields(value) ? value : undefined;
}

/** How the input spells a field: the SDK and the CLI write `GroupId`, CloudTrail and AWS Config `groupId`, `lowerKeys` `groupid`. */
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

/** Fields that are read for each rule or group, spelled in advance: building two texts for each field doubles the time of reading. */
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

/** A field by its camelCase name, in any of its spellings. Absent and null are the same: undefined. */
export function field(fields: Fields, name: string): unknown {
  const { pascal, lower } = spellingsOf(name);
  if (own(fields, name) !== undefined) return fields[name] ?? undefined;
  if (own(fields, pascal) !== undefined) return fields[pascal] ?? undefined;
  return own(fields, lower) ?? undefined;
}

/** Most fields that are asked for are absent, and a look at the value tells that sooner than `Object.hasOwn`. */
function own(fields: Fields, key: string): unknown {
  const value = fields[key];
  return value !== undefined && Object.hasOwn(fields, key) ? value : undefined;
}

/** The same object with lower-case keys, one level deep: for calls whose spelling in CloudTrail no public record confirms. */
export function lowerKeys(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key.toLowerCase(), value]));
}

/** A text that says something; undefined for everything else. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A field as text. */
export function textField(fields: Fields, name: string): string | undefined {
  return asText(field(fields, name));
}

/** A whole number, or a decimal text of one; undefined for everything else. */
export function asInteger(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

/**
 * The elements of a list: an array, CloudTrail's `{items: […]}` or `{}` for none, a single object that stands for itself.
 * Undefined where the value is no list at all; absent is an empty list.
 */
export function asList(value: unknown): readonly unknown[] | undefined {
  const list = isFields(value) && Object.hasOwn(value, 'items') ? value['items'] : value;
  if (list === undefined || list === null) return [];
  if (Array.isArray(list)) return list;
  if (!isFields(list)) return undefined;
  return Object.keys(list).length === 0 ? [] : [list];
}

/** A field as a list, empty where it is none. */
export function listField(fields: Fields, name: string): readonly unknown[] {
  return asList(field(fields, name)) ?? [];
}

/** The texts of a list that say something. */
export function textsField(fields: Fields, name: string): readonly string[] {
  return listField(fields, name).flatMap((element) => asText(element) ?? []);
}

/** The place of a field, in the input's own spelling, for messages; `at` is the place of its object, empty at the top. */
export function placeOf(fields: Fields, name: string, at: string): string {
  return `${at === '' ? '' : `${at}.`}${spelling(fields, name)}`;
}

/** A value for a message: short, on one line, whatever its size or depth. */
export function preview(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (isFields(value)) return shownObject(Object.keys(value));
  return clippedText(JSON.stringify(value) ?? 'nothing');
}

const MOST_KEYS = 4;

/** The first keys tell a reader which kind of document it is. */
function shownObject(keys: readonly string[]): string {
  if (keys.length === 0) return 'an empty object';
  const first = keys.slice(0, MOST_KEYS).map((key) => clippedText(JSON.stringify(key)));
  return `an object with ${first.join(', ')}${keys.length > MOST_KEYS ? ', …' : ''}`;
}

function clippedText(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** Reads one part of an input. What is wrong with it is noted, so that one bad rule does not lose its neighbours. */
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
 * Reads one part of an event; nothing where it cannot be read. Only for what an event says of a rule's content: an event points,
 * and what it points at is read from EC2 in any case.
 */
export function orNothing<T>(read: () => T): readonly T[] {
  const value = orNote([], read);
  return value === undefined ? [] : [value];
}
