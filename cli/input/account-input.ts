import path from 'node:path';
import type { Group, Rule } from '../../shared/domain/group.ts';
import { type DescribedGroups, readGroups } from '../../shared/events/describe/descriptions.ts';
import { type Fields, field, isFields, spelling, textField } from '../../shared/events/json.ts';
import { omissionsIn } from './omissions.ts';
import type { Input } from './read-input.ts';
import {
  answerFaults,
  GROUP_LISTS,
  hasField,
  isSupplement,
  readSupplements,
  SUPPLEMENT_LISTS,
  type Supplements,
} from './supplements.ts';

/** The groups of an account, read from files. */
export interface AccountInput extends Supplements {
  readonly groups: readonly Group[];
  /** What could not be read: file, place and reason. */
  readonly errors: readonly string[];
}

/** The values of an input: the elements of an array, or the one value. */
export function valuesOf({ json, name }: Input): readonly unknown[] {
  return (Array.isArray(json) ? json : [json]).map((value) => withListId(value, name));
}

/**
 * GetManagedPrefixListEntries does not return the id of the list, so the name of the file has to contain it.
 */
function withListId(value: unknown, name: string): unknown {
  if (!isFields(value) || !hasField(value, 'entries') || hasField(value, 'prefixLists')) return value;
  const PrefixListId = listNamedBy(name);
  if (PrefixListId === undefined) return value;
  const key = spelling(value, 'entries');
  const { [key]: Entries, ...rest } = value;
  return { ...rest, PrefixLists: [{ PrefixListId, Entries }] };
}

/** The id of a prefix list in the name of a file; undefined if the name has none or several. */
function listNamedBy(name: string): string | undefined {
  const [id, ...more] = path.basename(name).match(/(?<![0-9a-z])pl-[0-9a-z]+/gi) ?? [];
  return more.length === 0 ? id : undefined;
}

/** Reads the groups of one input. Error places refer to its file. */
export function readGroupsAlone(input: Input): DescribedGroups {
  return readGroups(descriptionIn(input), input.name);
}

/**
 * The part of an input that describes groups. A single answer is returned as it is, so that error places have
 * no index.
 */
function descriptionIn(input: Input): unknown {
  return Array.isArray(input.json) || isSupplement(input.json) ? withoutSupplements(valuesOf(input)) : input.json;
}

function withoutSupplements(values: readonly unknown[]): readonly unknown[] {
  return values.filter((value) => !isSupplement(value));
}

/** Reads the groups of one input. The errors include what the input lacks and what the reader would skip. */
export function readWithOmissions(input: Input): DescribedGroups {
  const { groups, errors } = readGroupsAlone(input);
  const omissions = [...valuesOf(input).flatMap(answerFaults), ...omissionsIn(descriptionIn(input))];
  return { groups, errors: [...new Set([...errors, ...omissions.map((error) => `${input.name}: ${error}`)])] };
}

/** The errors of the supplements of one input, with their places. */
export function supplementErrors(input: Input): readonly string[] {
  const errors: string[] = [];
  readSupplements(valuesOf(input), errors);
  return errors.map((error) => `${input.name}: ${error}`);
}

/** Adds the entries of its prefix list to a rule, if a file has them. */
export function withCidrs(rule: Rule, lists: Supplements['lists']): Rule {
  if (rule.source.kind !== 'prefix-list') return rule;
  const cidrs = lists.get(rule.source.id);
  return cidrs === undefined ? rule : { ...rule, source: { ...rule.source, cidrs } };
}

/**
 * Reads the groups of an account from any number of inputs. It merges the descriptions of one group from all
 * inputs, and takes the entries of prefix lists from any of them.
 */
export function readAccount(inputs: readonly Input[]): AccountInput {
  const supplements = readSupplements(inputs.flatMap(valuesOf), []);
  const alone = inputs.map(readWithOmissions);
  return {
    ...supplements,
    groups: groupsIn(inputs, alone).map((group) => ({
      ...group,
      rules: group.rules.map((rule) => withCidrs(rule, supplements.lists)),
    })),
    errors: [...inputs.flatMap(supplementErrors), ...alone.flatMap(({ errors }) => errors)],
  };
}

/** Reads several inputs as one, because they may describe the same group. */
function groupsIn(inputs: readonly Input[], alone: readonly DescribedGroups[]): readonly Group[] {
  const [only] = alone;
  if (only !== undefined && alone.length === 1) return only.groups;
  return readGroups(withoutSupplements(inputs.flatMap(valuesOf)), '').groups;
}

/** Lists whose pages are tracked. */
const PAGED_LISTS = [...GROUP_LISTS, ...SUPPLEMENT_LISTS];

/** Fields of AWS's list calls that announce another page. */
const TOKEN_FIELDS = ['nextToken', 'nextMarker'];

/**
 * Tracks the pages of AWS's answers through all inputs: whether the last page of each list is there, and
 * whether EC2 answered that there are no groups.
 */
export class PageTracker {
  /** By list: the place of a page that announced another page, if no other page has followed yet. */
  readonly #open = new Map<string, string>();
  /** Whether an answer states that there are no groups. An answer without a list of groups does not. */
  confirmsNoGroups = false;

  /** Adds the pages of one input. */
  add(input: Input): void {
    for (const value of valuesOf(input)) if (isFields(value)) this.#takeAnswer(value, input.name);
  }

  #takeAnswer(answer: Fields, place: string): void {
    for (const list of PAGED_LISTS) {
      if (!hasField(answer, list)) continue;
      if (hasNext(answer)) this.#open.set(list, place);
      else this.#open.delete(list);
    }
    const groups = field(answer, 'securityGroups');
    if (Array.isArray(groups) && groups.length === 0) this.confirmsNoGroups = true;
  }

  /** One error for each list whose last page is missing. */
  get errors(): readonly string[] {
    return Array.from(
      this.#open,
      ([list, place]) =>
        `${place}: ${list.charAt(0).toUpperCase()}${list.slice(1)} continues after this page (NextToken), so only a part was judged: give all pages in order; without --max-items and --no-paginate, the AWS CLI gives them at once`,
    );
  }
}

function hasNext(fields: Fields): boolean {
  return TOKEN_FIELDS.some((name) => textField(fields, name) !== undefined);
}
