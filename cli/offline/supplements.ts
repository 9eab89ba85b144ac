import type { Reference } from '../../shared/domain/controls/facts.ts';
import type { Attachment } from '../../shared/domain/group.ts';
import { type NamesByGroup, type NamesGroups, namesByGroup } from '../../shared/events/cloudtrail/names-by-group.ts';
import { readFunction } from '../../shared/events/describe/lambda-function.ts';
import { readTemplate } from '../../shared/events/describe/launch-template.ts';
import { readInterface } from '../../shared/events/describe/network-interface.ts';
import { readInternetRoutes } from '../../shared/events/describe/route-table.ts';
import { cidrSource } from '../../shared/events/describe/source.ts';
import { readVpc } from '../../shared/events/describe/vpc.ts';
import { readVpcReference } from '../../shared/events/describe/vpc-reference.ts';
import {
  asFields,
  asText,
  type Fields,
  field,
  isFields,
  listField,
  placeOf,
  shown,
  spelling,
  textField,
} from '../../shared/events/fields.ts';
import { noting } from '../../shared/events/requests/note.ts';
import type { InternetRoutes } from '../../shared/network/reachability.ts';

/** What names groups beside the rules of other groups. */
export const BESIDE_GROUPS = ['vpc', 'launch-template', 'function'] as const satisfies readonly Reference['kind'][];

/** One of them. */
type BesideGroups = (typeof BESIDE_GROUPS)[number];

/** What a description of groups does not hold, and what a file may give beside it. */
export interface Supplements {
  /** CIDRs by prefix list id. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  /** Interfaces by group id; undefined where no file says anything of interfaces. */
  readonly attachments?: ReadonlyMap<string, readonly Attachment[]> | undefined;
  /** Where routes lead to the internet; undefined where no file says anything of route tables. */
  readonly routes?: InternetRoutes | undefined;
  /** CIDR blocks by VPC id; undefined where no file says anything of VPCs. */
  readonly vpcs?: ReadonlyMap<string, readonly string[]> | undefined;
  /** What names groups, kind by kind; a kind is absent where no file says anything of it. */
  readonly naming?: Readonly<Partial<Record<BesideGroups, NamesByGroup>>> | undefined;
}

/** Whether an object has a field, in any of its spellings, whatever it holds. */
export const has = (fields: Fields, name: string): boolean => Object.hasOwn(fields, spelling(fields, name));

/** Lists of answers that stand beside groups. `entries` is the answer of GetManagedPrefixListEntries, which does not tell its list. */
export const HELD = [
  'prefixLists',
  'entries',
  'networkInterfaces',
  'routeTables',
  'vpcs',
  'launchTemplateVersions',
  'functions',
  'securityGroupReferenceSet',
] as const;

/** Lists of answers that describe groups. */
export const DESCRIBED = ['securityGroups', 'securityGroupRules'] as const;

/** Keys that a response of AWS may have beside its content. */
const BESIDE: ReadonlySet<string> = new Set([
  'NextToken',
  'nextToken',
  'NextMarker',
  'nextMarker',
  'ResponseMetadata',
  '$metadata',
]);

/** Whether an input holds supplements and nothing else, so that there are no groups to look for in it. */
export const isSupplement = (value: unknown): boolean => {
  const fields = asFields(value);
  if (fields === undefined) return false;
  const held = HELD.filter((name) => has(fields, name)).map((name) => spelling(fields, name));
  return held.length > 0 && Object.keys(fields).every((key) => held.includes(key) || BESIDE.has(key));
};

/** Whether a value is a list or an object that has something in it. */
const isFilled = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0;

/**
 * What keeps an answer of AWS from being read in whole: a list that is none, and lists and objects under names that nothing is read from,
 * as groups may stand in them. A list of one element may stand as that element.
 */
export const answerFaults = (value: unknown): readonly string[] => {
  const fields = asFields(value) ?? {};
  const read = [...DESCRIBED, ...HELD].flatMap((name) => (has(fields, name) ? [spelling(fields, name)] : []));
  if (read.length === 0) return [];
  const broken = read.filter((key) => !Array.isArray(fields[key]) && !isFilled(fields[key]));
  const unread = Object.keys(fields).filter((key) => !read.includes(key) && !BESIDE.has(key) && isFilled(fields[key]));
  return [
    ...broken.map((key) => `${key}: ${shown(fields[key])} is not a list`),
    ...unread.map(
      (key) => `${shown(key)} is not read (portcullis scan --help names what is): correct its name, or leave it out`,
    ),
  ];
};

/** The supplements of a value without the groups that it may hold, too; undefined where it has none. */
export const supplementsIn = (value: unknown): Fields | undefined => {
  const fields = asFields(value);
  const held = fields === undefined ? [] : HELD.filter((name) => has(fields, name));
  if (fields === undefined || held.length === 0) return undefined;
  return Object.fromEntries(held.map((name) => [name, field(fields, name)]));
};

const cidrTexts = (list: Fields): readonly unknown[] => [
  ...listField(list, 'entries').map((entry) => {
    const fields = asFields(entry);
    return fields === undefined ? entry : field(fields, 'cidr');
  }),
  ...listField(list, 'cidrs'),
];

/** A list with its entries. DescribeManagedPrefixLists gives none: such a list is passed over, and is an error where a rule names it. */
const readList = (value: unknown, at: string, errors: string[]): readonly (readonly [string, readonly string[]])[] => {
  const fields = asFields(value);
  const id = fields === undefined ? undefined : textField(fields, 'prefixListId');
  if (fields === undefined || id === undefined) {
    errors.push(`${at}: expected {"PrefixListId": "pl-…", "Entries": [{"Cidr": "…"}]}, not ${shown(value)}`);
    return [];
  }
  const told = ['entries', 'cidrs'].filter((name) => field(fields, name) !== undefined);
  const broken = told.filter((name) => !Array.isArray(field(fields, name)));
  for (const name of broken) errors.push(`${placeOf(fields, name, at)}: ${shown(field(fields, name))} is not a list`);
  if (told.length === 0 || broken.length > 0) return [];
  const cidrs = cidrTexts(fields).flatMap((text, index) => {
    const isCidr = noting(errors, () => cidrSource(text, `${at}.Entries[${index}]`)) !== undefined;
    return isCidr ? [asText(text) ?? ''] : [];
  });
  return [[id, cidrs]];
};

/** Entries by list: what several answers tell of one list is added up. */
const entriesByList = (lists: readonly (readonly [string, readonly string[]])[]): Supplements['lists'] => {
  const byList = Map.groupBy(lists, ([id]) => id);
  return new Map(Array.from(byList, ([id, parts]) => [id, parts.flatMap(([, cidrs]) => cidrs)]));
};

const WHOSE_ENTRIES =
  'Entries: the answer does not tell its prefix list; name the file after the list: aws ec2 get-managed-prefix-list-entries --prefix-list-id pl-… > pl-….json';

/** The elements of a list that several parts may hold; undefined where none of them has it. */
const listsNamed = (parts: readonly Fields[], name: string): readonly unknown[] | undefined => {
  const telling = parts.filter((part) => has(part, name));
  return telling.length === 0 ? undefined : telling.flatMap((part) => listField(part, name));
};

const attachmentsIn = (values: readonly unknown[]): Supplements['attachments'] => {
  const pairs = values.flatMap((value) => {
    const read = readInterface(value);
    return (read?.groupIds ?? []).map((id) => ({ id, attachment: read?.attachment }));
  });
  const byGroup = Map.groupBy(pairs, ({ id }) => id);
  return new Map(Array.from(byGroup, ([id, found]) => [id, found.flatMap(({ attachment }) => attachment ?? [])]));
};

const vpcsIn = (values: readonly unknown[]): Supplements['vpcs'] =>
  new Map(values.flatMap((value) => readVpc(value) ?? []).map(({ id, cidrs }) => [id, cidrs]));

/** What names groups, by the list that tells it. */
const NAMING = {
  vpc: { list: 'securityGroupReferenceSet', read: readVpcReference },
  'launch-template': { list: 'launchTemplateVersions', read: readTemplate },
  function: { list: 'functions', read: readFunction },
} as const satisfies Record<
  BesideGroups,
  { readonly list: (typeof HELD)[number]; readonly read: (value: unknown) => NamesGroups | undefined }
>;

const namingIn = (parts: readonly Fields[]): Supplements['naming'] =>
  Object.fromEntries(
    BESIDE_GROUPS.flatMap((kind) => {
      const { list, read } = NAMING[kind];
      const values = listsNamed(parts, list);
      return values === undefined ? [] : [[kind, namesByGroup(values.flatMap((value) => read(value) ?? []))]];
    }),
  );

/** What one list tells, under its key; nothing where no part has the list. */
const told = <K extends keyof Supplements>(
  key: K,
  values: readonly unknown[] | undefined,
  read: (values: readonly unknown[]) => Supplements[K],
): Partial<Supplements> => (values === undefined ? {} : { [key]: read(values) });

/**
 * Reads what stands beside groups: `PrefixLists` with their `Entries` (or `Cidrs`, as DescribePrefixLists gives them), and
 * `NetworkInterfaces`, `RouteTables`, `Vpcs`, `LaunchTemplateVersions` and `SecurityGroupReferenceSet` as EC2's describe calls give
 * them, and `Functions` as Lambda's list does. What cannot be read is noted in `errors` with its place.
 */
export const readSupplements = (values: readonly unknown[], errors: string[]): Supplements => {
  const parts = values.filter(isFields);
  for (const part of parts) if (has(part, 'entries')) errors.push(WHOSE_ENTRIES);
  const lists = parts.flatMap((part) =>
    listField(part, 'prefixLists').flatMap((list, index) => readList(list, `PrefixLists[${index}]`, errors)),
  );
  return {
    lists: entriesByList(lists),
    ...told('attachments', listsNamed(parts, 'networkInterfaces'), attachmentsIn),
    ...told('routes', listsNamed(parts, 'routeTables'), readInternetRoutes),
    ...told('vpcs', listsNamed(parts, 'vpcs'), vpcsIn),
    naming: namingIn(parts),
  };
};
