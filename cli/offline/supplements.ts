import type { InternetRoutes } from '../../shared/exposure/reachability.ts';
import type { Attachment } from '../../shared/model/group.ts';
import {
  asFields,
  asText,
  type Fields,
  field,
  isFields,
  listField,
  shown,
  spelling,
  textField,
} from '../../shared/readers/fields.ts';
import { readTemplate } from '../../shared/readers/launch-template.ts';
import { readInterface } from '../../shared/readers/network-interface.ts';
import { noting } from '../../shared/readers/note.ts';
import { readInternetRoutes } from '../../shared/readers/route-table.ts';
import { cidrSource } from '../../shared/readers/source.ts';
import { readVpc } from '../../shared/readers/vpc.ts';

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
  /** Ids of launch templates by the id of a group that they name; undefined where no file says anything of them. */
  readonly templates?: ReadonlyMap<string, ReadonlySet<string>> | undefined;
}

const has = (fields: Fields, name: string): boolean => Object.hasOwn(fields, spelling(fields, name));

const HELD = ['prefixLists', 'networkInterfaces', 'routeTables', 'vpcs', 'launchTemplateVersions'] as const;

/** Keys that a response of AWS may have beside its content. */
const BESIDE: ReadonlySet<string> = new Set(['NextToken', 'ResponseMetadata', '$metadata']);

/** Whether an input holds supplements and nothing else, so that there are no groups to look for in it. */
export const isSupplement = (value: unknown): boolean => {
  const fields = asFields(value);
  if (fields === undefined) return false;
  const held = HELD.filter((name) => has(fields, name)).map((name) => spelling(fields, name));
  return held.length > 0 && Object.keys(fields).every((key) => held.includes(key) || BESIDE.has(key));
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

const readList = (value: unknown, at: string, errors: string[]): readonly (readonly [string, readonly string[]])[] => {
  const fields = asFields(value);
  const id = fields === undefined ? undefined : textField(fields, 'prefixListId');
  if (fields === undefined || id === undefined || !(has(fields, 'entries') || has(fields, 'cidrs'))) {
    errors.push(`${at}: expected {"PrefixListId": "pl-…", "Entries": [{"Cidr": "…"}]}, not ${shown(value)}`);
    return [];
  }
  const cidrs = cidrTexts(fields).flatMap((text, index) => {
    const isCidr = noting(errors, () => cidrSource(text, `${at}.Entries[${index}]`)) !== undefined;
    return isCidr ? [asText(text) ?? ''] : [];
  });
  return [[id, cidrs]];
};

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

const templatesIn = (values: readonly unknown[]): Supplements['templates'] => {
  const found = new Map<string, Set<string>>();
  for (const { id, groupIds } of values.flatMap((value) => readTemplate(value) ?? []))
    for (const groupId of groupIds) found.set(groupId, (found.get(groupId) ?? new Set()).add(id));
  return found;
};

/** What one list tells, under its key; nothing where no part has the list. */
const told = <K extends keyof Supplements>(
  key: K,
  values: readonly unknown[] | undefined,
  read: (values: readonly unknown[]) => Supplements[K],
): Partial<Supplements> => (values === undefined ? {} : { [key]: read(values) });

/**
 * Reads what stands beside groups: `PrefixLists` with their `Entries` (or `Cidrs`, as DescribePrefixLists gives them), and
 * `NetworkInterfaces`, `RouteTables`, `Vpcs` and `LaunchTemplateVersions` as EC2's describe calls give them. What cannot be read is
 * noted in `errors` with its place.
 */
export const readSupplements = (values: readonly unknown[], errors: string[]): Supplements => {
  const parts = values.filter(isFields);
  const lists = parts.flatMap((part) =>
    listField(part, 'prefixLists').flatMap((list, index) => readList(list, `PrefixLists[${index}]`, errors)),
  );
  return {
    lists: new Map(lists),
    ...told('attachments', listsNamed(parts, 'networkInterfaces'), attachmentsIn),
    ...told('routes', listsNamed(parts, 'routeTables'), readInternetRoutes),
    ...told('vpcs', listsNamed(parts, 'vpcs'), vpcsIn),
    ...told('templates', listsNamed(parts, 'launchTemplateVersions'), templatesIn),
  };
};
