/** A JSON object. Its keys come from outside, so it is read through `field` alone: own properties only. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object: no array, not null. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value as a JSON object; undefined for everything else. */
export const asFields = (value: unknown): Fields | undefined => (isFields(value) ? value : undefined);

/** A part of the model while it is put together: absent fields are left out, and an object spread for each of them costs more than the field. */
export type Writable<T> = { -readonly [K in keyof T]: T[K] };

interface Spellings {
  readonly pascal: string;
  readonly lower: string;
}

const spell = (name: string): Spellings => ({
  pascal: name.charAt(0).toUpperCase() + name.slice(1),
  lower: name.toLowerCase(),
});

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

const spellingsOf = (name: string): Spellings => SPELLINGS.get(name) ?? spell(name);

/** How the input spells a field: the SDK and the CLI write `GroupId`, CloudTrail and AWS Config `groupId`, `lowerKeys` `groupid`. */
export const spelling = (fields: Fields, name: string): string => {
  if (Object.hasOwn(fields, name)) return name;
  const { pascal, lower } = spellingsOf(name);
  if (Object.hasOwn(fields, pascal)) return pascal;
  return Object.hasOwn(fields, lower) ? lower : name;
};

/** Most fields that are asked for are absent, and a look at the value tells that sooner than `Object.hasOwn`. */
const own = (fields: Fields, key: string): unknown => {
  const value = fields[key];
  return value !== undefined && Object.hasOwn(fields, key) ? value : undefined;
};

/** A field by its camelCase name, in any of its spellings. Absent and null are the same: undefined. */
export const field = (fields: Fields, name: string): unknown => {
  const { pascal, lower } = spellingsOf(name);
  if (own(fields, name) !== undefined) return fields[name] ?? undefined;
  if (own(fields, pascal) !== undefined) return fields[pascal] ?? undefined;
  return own(fields, lower) ?? undefined;
};

/** The same object with lower-case keys, one level deep: for calls whose spelling in CloudTrail no public record confirms. */
export const lowerKeys = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key.toLowerCase(), value]));

/** A text that says something; undefined for everything else. */
export const asText = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** A field as text. */
export const textField = (fields: Fields, name: string): string | undefined => asText(field(fields, name));

/** A whole number, or a decimal text of one; undefined for everything else. */
export const asInteger = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
};

/**
 * The elements of a list: an array, CloudTrail's `{items: […]}` or `{}` for none, a single object that stands for itself.
 * Undefined where the value is no list at all; absent is an empty list.
 */
export const asList = (value: unknown): readonly unknown[] | undefined => {
  const list = isFields(value) && Object.hasOwn(value, 'items') ? value['items'] : value;
  if (list === undefined || list === null) return [];
  if (Array.isArray(list)) return list;
  if (!isFields(list)) return undefined;
  return Object.keys(list).length === 0 ? [] : [list];
};

/** A field as a list, empty where it is none. */
export const listField = (fields: Fields, name: string): readonly unknown[] => asList(field(fields, name)) ?? [];

/** The texts of a list that say something. */
export const textsField = (fields: Fields, name: string): readonly string[] =>
  listField(fields, name).flatMap((element) => asText(element) ?? []);

/** The place of a field, in the input's own spelling, for messages; `at` is the place of its object, empty at the top. */
export const placeOf = (fields: Fields, name: string, at: string): string =>
  `${at === '' ? '' : `${at}.`}${spelling(fields, name)}`;

const MOST_KEYS = 4;

const clippedText = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** The first keys tell a reader which kind of document it is. */
const shownObject = (keys: readonly string[]): string => {
  if (keys.length === 0) return 'an empty object';
  const first = keys.slice(0, MOST_KEYS).map((key) => clippedText(JSON.stringify(key)));
  return `an object with ${first.join(', ')}${keys.length > MOST_KEYS ? ', …' : ''}`;
};

/** A value for a message: short, on one line, whatever its size or depth. */
export const shown = (value: unknown): string => {
  if (Array.isArray(value)) return 'a list';
  if (isFields(value)) return shownObject(Object.keys(value));
  return clippedText(JSON.stringify(value) ?? 'nothing');
};
