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
import { noting } from '../../shared/readers/note.ts';
import { cidrSource } from '../../shared/readers/source.ts';

/** What a description of groups does not hold, and what a file may give beside it. */
export interface Supplements {
  /** CIDRs by prefix list id. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  /** Interfaces by group id; undefined where no file says anything of interfaces. */
  readonly attachments?: ReadonlyMap<string, readonly Attachment[]>;
}

const has = (fields: Fields, name: string): boolean => Object.hasOwn(fields, spelling(fields, name));

const HELD = ['prefixLists', 'networkInterfaces'] as const;

/** Keys that a response of AWS may have beside its content. */
const BESIDE: ReadonlySet<string> = new Set(['NextToken', 'ResponseMetadata', '$metadata']);

/** Whether an input holds supplements and nothing else, so that there are no groups to look for in it. */
export const isSupplement = (value: unknown): boolean => {
  const fields = asFields(value);
  if (fields === undefined) return false;
  const held = HELD.filter((name) => has(fields, name)).map((name) => spelling(fields, name));
  return held.length > 0 && Object.keys(fields).every((key) => held.includes(key) || BESIDE.has(key));
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

const readInterface = (value: unknown): readonly (readonly [groupId: string, attachment: Attachment])[] => {
  const fields = asFields(value);
  if (fields === undefined) return [];
  const attachment: Attachment = {
    interfaceId: textField(fields, 'networkInterfaceId') ?? '',
    description: textField(fields, 'description') ?? '',
    type: textField(fields, 'interfaceType') ?? 'interface',
  };
  return listField(fields, 'groups').flatMap((group) => {
    const groupFields = asFields(group);
    const id = groupFields === undefined ? undefined : textField(groupFields, 'groupId');
    return id === undefined ? [] : [[id, attachment] as const];
  });
};

const attachmentsOf = (parts: readonly Fields[]): Pick<Supplements, 'attachments'> => {
  const telling = parts.filter((part) => has(part, 'networkInterfaces'));
  if (telling.length === 0) return {};
  const pairs = telling.flatMap((part) => listField(part, 'networkInterfaces').flatMap(readInterface));
  const byGroup = Map.groupBy(pairs, ([id]) => id);
  return { attachments: new Map(Array.from(byGroup, ([id, found]) => [id, found.map(([, one]) => one)])) };
};

/**
 * Reads what stands beside groups: `PrefixLists` with their `Entries` (or `Cidrs`, as DescribePrefixLists gives them) and
 * `NetworkInterfaces` as DescribeNetworkInterfaces gives them. What cannot be read is noted in `errors` with its place.
 */
export const readSupplements = (values: readonly unknown[], errors: string[]): Supplements => {
  const parts = values.filter(isFields);
  const lists = parts.flatMap((part) =>
    listField(part, 'prefixLists').flatMap((list, index) => readList(list, `PrefixLists[${index}]`, errors)),
  );
  return { lists: new Map(lists), ...attachmentsOf(parts) };
};
