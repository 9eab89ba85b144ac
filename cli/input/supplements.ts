import type { Reference } from '../../shared/domain/control.ts';
import type { Attachment, Group } from '../../shared/domain/group.ts';
import { readInterface, readInternetRoutes, readVpc } from '../../shared/events/describe/network.ts';
import {
  type GroupReferrer,
  type ReferrersByGroup,
  readFunction,
  readTemplate,
  readVpcReference,
  referrersByGroup,
} from '../../shared/events/describe/references.ts';
import { cidrSource } from '../../shared/events/describe/rule-fields.ts';
import {
  asFields,
  asText,
  type Fields,
  field,
  isFields,
  listField,
  orNote,
  placeOf,
  preview,
  spelling,
  textField,
} from '../../shared/events/json.ts';
import type { InternetRoutes } from '../../shared/network/group-facts.ts';
import { counted } from '../../shared/reports/text.ts';

/** Kinds of references to a group that are not rules of other groups. */
export const NAMING_KINDS = ['vpc', 'launch-template', 'function'] as const satisfies readonly Reference['kind'][];

type NamingKind = (typeof NAMING_KINDS)[number];

/** Data that a description of groups lacks and that files may supply. */
export interface Supplements {
  /** CIDRs by prefix list id. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  /** Interfaces by group id; undefined if no file describes interfaces. */
  readonly attachments?: ReadonlyMap<string, readonly Attachment[]> | undefined;
  /** Routes to the internet; undefined if no file describes route tables. */
  readonly routes?: InternetRoutes | undefined;
  /** CIDR blocks by VPC id; undefined if no file describes VPCs. */
  readonly vpcs?: ReadonlyMap<string, readonly string[]> | undefined;
  /** References to groups by kind. A kind is absent if no file describes it. */
  readonly naming?: Readonly<Partial<Record<NamingKind, ReferrersByGroup>>> | undefined;
}

/** Number of inbound rules by the id of a prefix list whose entries are unknown. */
export type UnknownLists = Map<string, number>;

/** Tells the user how to supply the entries of a prefix list. */
export type EntriesHint = (id: string) => string;

/** Whether an object has a field in any of its spellings, with any value. */
export function hasField(fields: Fields, name: string): boolean {
  return Object.hasOwn(fields, spelling(fields, name));
}

/**
 * Lists in AWS's answers that supplement groups. `entries` is the answer of GetManagedPrefixListEntries,
 * which lacks the id of its list.
 */
export const SUPPLEMENT_LISTS = [
  'prefixLists',
  'entries',
  'networkInterfaces',
  'routeTables',
  'vpcs',
  'launchTemplateVersions',
  'functions',
  'securityGroupReferenceSet',
] as const;

/** Lists in AWS's answers that describe groups. */
export const GROUP_LISTS = ['securityGroups', 'securityGroupRules'] as const;

/** Fields of AWS's answers that are not content. */
const RESPONSE_FIELDS: ReadonlySet<string> = new Set([
  'NextToken',
  'nextToken',
  'NextMarker',
  'nextMarker',
  'ResponseMetadata',
  '$metadata',
]);

/** Whether an input has supplements and nothing else. */
export function isSupplement(value: unknown): boolean {
  const fields = asFields(value);
  if (fields === undefined) return false;
  const found = SUPPLEMENT_LISTS.filter((name) => hasField(fields, name)).map((name) => spelling(fields, name));
  return found.length > 0 && Object.keys(fields).every((key) => found.includes(key) || RESPONSE_FIELDS.has(key));
}

/**
 * Finds the parts of an AWS answer that cannot be read: a field that should be a list, and lists and objects
 * with unknown names, because they may contain groups. A single element is accepted in place of a list.
 */
export function answerFaults(value: unknown): readonly string[] {
  const fields = asFields(value) ?? {};
  const read = [...GROUP_LISTS, ...SUPPLEMENT_LISTS].flatMap((name) =>
    hasField(fields, name) ? [spelling(fields, name)] : [],
  );
  if (read.length === 0) return [];
  const broken = read.filter((key) => !Array.isArray(fields[key]) && !isFilled(fields[key]));
  const unread = Object.keys(fields).filter(
    (key) => !read.includes(key) && !RESPONSE_FIELDS.has(key) && isFilled(fields[key]),
  );
  return [
    ...broken.map((key) => `${key}: ${preview(fields[key])} is not a list`),
    ...unread.map(
      (key) => `${preview(key)} is not a known field (see portcullis scan --help): correct its name, or remove it`,
    ),
  ];
}

/** Whether a value is a list or an object that is not empty. */
function isFilled(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** The supplements of a value, without its groups; undefined if it has none. */
export function supplementsIn(value: unknown): Fields | undefined {
  const fields = asFields(value);
  const found = fields === undefined ? [] : SUPPLEMENT_LISTS.filter((name) => hasField(fields, name));
  if (fields === undefined || found.length === 0) return undefined;
  return Object.fromEntries(found.map((name) => [name, field(fields, name)]));
}

const ENTRIES_WITHOUT_LIST =
  'Entries: the answer lacks the id of its prefix list; name the file after the list: aws ec2 get-managed-prefix-list-entries --prefix-list-id pl-… > pl-….json';

/**
 * Reads the supplements of values: `PrefixLists` with `Entries` (or `Cidrs`, as DescribePrefixLists returns
 * them); `NetworkInterfaces`, `RouteTables`, `Vpcs`, `LaunchTemplateVersions` and `SecurityGroupReferenceSet`
 * of EC2; `Functions` of Lambda. What cannot be read is added to `errors` with its place.
 */
export function readSupplements(values: readonly unknown[], errors: string[]): Supplements {
  const parts = values.filter(isFields);
  for (const part of parts) if (hasField(part, 'entries')) errors.push(ENTRIES_WITHOUT_LIST);
  const lists = parts.flatMap((part) =>
    listField(part, 'prefixLists').flatMap((list, index) => readList(list, `PrefixLists[${index}]`, errors)),
  );
  return {
    lists: entriesByList(lists),
    ...supplementOf('attachments', listsNamed(parts, 'networkInterfaces'), attachmentsIn),
    ...supplementOf('routes', listsNamed(parts, 'routeTables'), readInternetRoutes),
    ...supplementOf('vpcs', listsNamed(parts, 'vpcs'), vpcsIn),
    naming: namingIn(parts),
  };
}

/**
 * Reads a prefix list with its entries. A list without entries (DescribeManagedPrefixLists returns none) is
 * skipped; it is an error later if a rule references it.
 */
function readList(value: unknown, at: string, errors: string[]): readonly (readonly [string, readonly string[]])[] {
  const fields = asFields(value);
  const id = fields === undefined ? undefined : textField(fields, 'prefixListId');
  if (fields === undefined || id === undefined) {
    errors.push(`${at}: expected {"PrefixListId": "pl-…", "Entries": [{"Cidr": "…"}]}, not ${preview(value)}`);
    return [];
  }
  const given = ['entries', 'cidrs'].filter((name) => field(fields, name) !== undefined);
  const broken = given.filter((name) => !Array.isArray(field(fields, name)));
  for (const name of broken) errors.push(`${placeOf(fields, name, at)}: ${preview(field(fields, name))} is not a list`);
  if (given.length === 0 || broken.length > 0) return [];
  const cidrs = cidrTexts(fields).flatMap((text, index) => {
    const isCidr = orNote(errors, () => cidrSource(text, `${at}.Entries[${index}]`)) !== undefined;
    return isCidr ? [asText(text) ?? ''] : [];
  });
  return [[id, cidrs]];
}

function cidrTexts(list: Fields): readonly unknown[] {
  return [
    ...listField(list, 'entries').map((entry) => {
      const fields = asFields(entry);
      return fields === undefined ? entry : field(fields, 'cidr');
    }),
    ...listField(list, 'cidrs'),
  ];
}

/** The entries by list, merged from all answers. */
function entriesByList(lists: readonly (readonly [string, readonly string[]])[]): Supplements['lists'] {
  const byList = Map.groupBy(lists, ([id]) => id);
  return new Map(Array.from(byList, ([id, parts]) => [id, parts.flatMap(([, cidrs]) => cidrs)]));
}

/** One supplement under its key; empty if no part has its list. */
function supplementOf<K extends keyof Supplements>(
  key: K,
  values: readonly unknown[] | undefined,
  read: (values: readonly unknown[]) => Supplements[K],
): Partial<Supplements> {
  return values === undefined ? {} : { [key]: read(values) };
}

/** The elements of a list, merged from all parts; undefined if no part has the list. */
function listsNamed(parts: readonly Fields[], name: string): readonly unknown[] | undefined {
  const telling = parts.filter((part) => hasField(part, name));
  return telling.length === 0 ? undefined : telling.flatMap((part) => listField(part, name));
}

function attachmentsIn(values: readonly unknown[]): Supplements['attachments'] {
  const pairs = values.flatMap((value) => {
    const read = readInterface(value);
    return (read?.groupIds ?? []).map((id) => ({ id, attachment: read?.attachment }));
  });
  const byGroup = Map.groupBy(pairs, ({ id }) => id);
  return new Map(Array.from(byGroup, ([id, found]) => [id, found.flatMap(({ attachment }) => attachment ?? [])]));
}

function vpcsIn(values: readonly unknown[]): Supplements['vpcs'] {
  return new Map(values.flatMap((value) => readVpc(value) ?? []).map(({ id, cidrs }) => [id, cidrs]));
}

/** The list of each kind of reference, with its reader. */
const NAMING_READERS = {
  vpc: { list: 'securityGroupReferenceSet', read: readVpcReference },
  'launch-template': { list: 'launchTemplateVersions', read: readTemplate },
  function: { list: 'functions', read: readFunction },
} as const satisfies Record<
  NamingKind,
  { readonly list: (typeof SUPPLEMENT_LISTS)[number]; readonly read: (value: unknown) => GroupReferrer | undefined }
>;

function namingIn(parts: readonly Fields[]): Supplements['naming'] {
  return Object.fromEntries(
    NAMING_KINDS.flatMap((kind) => {
      const { list, read } = NAMING_READERS[kind];
      const values = listsNamed(parts, list);
      return values === undefined ? [] : [[kind, referrersByGroup(values.flatMap((value) => read(value) ?? []))]];
    }),
  );
}

/** Counts the inbound rules of a group that reference a prefix list with unknown entries. */
export function countUnknownLists({ rules }: Group, counts: UnknownLists): void {
  for (const { direction, source } of rules) {
    if (direction !== 'ingress' || source.kind !== 'prefix-list' || source.cidrs !== undefined) continue;
    counts.set(source.id, (counts.get(source.id) ?? 0) + 1);
  }
}

/** One error for each list. Its entries may include the whole internet, so "no findings" could be false. */
export function unknownListErrors(counts: UnknownLists, entriesHint: EntriesHint): readonly string[] {
  return Array.from(
    counts,
    ([id, uses]) =>
      `${id}: ${counted(uses, 'inbound rule')} with this prefix list cannot be judged, because its entries are unknown; ${entriesHint(id)}`,
  );
}

/** One error for each prefix list with unknown entries that inbound rules of these groups reference. */
export function unknownLists(groups: readonly Group[], entriesHint: EntriesHint): readonly string[] {
  const counts: UnknownLists = new Map();
  for (const group of groups) countUnknownLists(group, counts);
  return unknownListErrors(counts, entriesHint);
}
