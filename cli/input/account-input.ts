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

/** An account's groups as files describe them. */
export interface AccountInput extends Supplements {
  readonly groups: readonly Group[];
  /** What could not be read, with file and place. */
  readonly errors: readonly string[];
}

/** The id of a prefix list in the name of a file; undefined where there is none, or more than one. */
function listNamedBy(name: string): string | undefined {
  const [id, ...more] = path.basename(name).match(/(?<![0-9a-z])pl-[0-9a-z]+/gi) ?? [];
  return more.length === 0 ? id : undefined;
}

/** The answer of GetManagedPrefixListEntries tells entries and not whose: the name of its file does. */
function withListId(value: unknown, name: string): unknown {
  if (!isFields(value) || !hasField(value, 'entries') || hasField(value, 'prefixLists')) return value;
  const PrefixListId = listNamedBy(name);
  if (PrefixListId === undefined) return value;
  const key = spelling(value, 'entries');
  const { [key]: Entries, ...rest } = value;
  return { ...rest, PrefixLists: [{ PrefixListId, Entries }] };
}

/** The values of an input: an array stands for its elements. */
export function valuesOf({ json, name }: Input): readonly unknown[] {
  return (Array.isArray(json) ? json : [json]).map((value) => withListId(value, name));
}

function withoutSupplements(values: readonly unknown[]): readonly unknown[] {
  return values.filter((value) => !isSupplement(value));
}

/** What an input says of groups. A whole answer is read as it is, so that its places have no index. */
function descriptionIn(input: Input): unknown {
  return Array.isArray(input.json) || isSupplement(input.json) ? withoutSupplements(valuesOf(input)) : input.json;
}

/** One input by itself: its places count in its own file. */
export function readGroupsAlone(input: Input): DescribedGroups {
  return readGroups(descriptionIn(input), input.name);
}

/** One input by itself, with what it lacks, or holds in a form that is passed over when its groups are read, among the errors. */
export function readWithOmissions(input: Input): DescribedGroups {
  const { groups, errors } = readGroupsAlone(input);
  const omissions = [...valuesOf(input).flatMap(answerFaults), ...omissionsIn(descriptionIn(input))];
  return { groups, errors: [...new Set([...errors, ...omissions.map((error) => `${input.name}: ${error}`)])] };
}

/** What is wrong with the supplements of one input, with its place. */
export function supplementErrors(input: Input): readonly string[] {
  const errors: string[] = [];
  readSupplements(valuesOf(input), errors);
  return errors.map((error) => `${input.name}: ${error}`);
}

/** Descriptions of one group may stand in several inputs, so that they are read as one. */
function groupsIn(inputs: readonly Input[], alone: readonly DescribedGroups[]): readonly Group[] {
  const [only] = alone;
  if (only !== undefined && alone.length === 1) return only.groups;
  return readGroups(withoutSupplements(inputs.flatMap(valuesOf)), '').groups;
}

/** The rule with the entries of its prefix list, where a file gives them. */
export function withCidrs(rule: Rule, lists: Supplements['lists']): Rule {
  if (rule.source.kind !== 'prefix-list') return rule;
  const cidrs = lists.get(rule.source.id);
  return cidrs === undefined ? rule : { ...rule, source: { ...rule.source, cidrs } };
}

/**
 * Reads the groups of an account from any number of inputs. Descriptions of the same group are merged, wherever they stand; prefix
 * lists get the entries that any input gives them.
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

/** Names under which AWS's list calls tell that another page follows. */
const TOKEN_FIELDS = ['nextToken', 'nextMarker'];

/** Lists whose pages are counted: what an output of the AWS CLI may hold. */
const PAGED_LISTS = [...GROUP_LISTS, ...SUPPLEMENT_LISTS];

function hasNext(fields: Fields): boolean {
  return TOKEN_FIELDS.some((name) => textField(fields, name) !== undefined);
}

/**
 * Follows the pages of AWS's answers through all inputs, in the order in which they stand: whether the last page of each list is there,
 * and whether EC2 answered that there is no group.
 */
export class PageTracker {
  /** Where the page stands that should be followed by another, by the list that it is a page of. */
  readonly #open = new Map<string, string>();
  /** Whether an answer says that there is no group, and is not silent about groups. */
  confirmsNoGroups = false;

  /** Takes in one input. */
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

  /** Each list whose last page is missing. */
  get errors(): readonly string[] {
    return Array.from(
      this.#open,
      ([list, place]) =>
        `${place}: ${list.charAt(0).toUpperCase()}${list.slice(1)} goes on after this page (NextToken), so only a part was judged: give all pages in their order; without --max-items and --no-paginate, the AWS CLI gives them at once`,
    );
  }
}
