import path from 'node:path';
import type { Group } from '../../shared/domain/group.ts';
import type { Rule } from '../../shared/domain/rule.ts';
import { type GroupsRead, readGroups } from '../../shared/events/describe/describe.ts';
import { isFields, spelling } from '../../shared/events/fields.ts';
import type { Input } from '../read-input.ts';
import { omissionsIn } from './omissions.ts';
import { answerFaults, has, isSupplement, readSupplements, type Supplements } from './supplements.ts';

/** An account's groups as files describe them. */
export interface AccountInput extends Supplements {
  readonly groups: readonly Group[];
  /** What could not be read, with file and place. */
  readonly errors: readonly string[];
}

/** The id of a prefix list in the name of a file; undefined where there is none, or more than one. */
const listNamedBy = (name: string): string | undefined => {
  const [id, ...more] = path.basename(name).match(/(?<![0-9a-z])pl-[0-9a-z]+/gi) ?? [];
  return more.length === 0 ? id : undefined;
};

/** The answer of GetManagedPrefixListEntries tells entries and not whose: the name of its file does. */
const withListId = (value: unknown, name: string): unknown => {
  if (!isFields(value) || !has(value, 'entries') || has(value, 'prefixLists')) return value;
  const PrefixListId = listNamedBy(name);
  if (PrefixListId === undefined) return value;
  const key = spelling(value, 'entries');
  const { [key]: Entries, ...rest } = value;
  return { ...rest, PrefixLists: [{ PrefixListId, Entries }] };
};

/** The values of an input: an array stands for its elements. */
export const elements = ({ json, name }: Input): readonly unknown[] =>
  (Array.isArray(json) ? json : [json]).map((value) => withListId(value, name));

const describing = (values: readonly unknown[]): readonly unknown[] => values.filter((value) => !isSupplement(value));

/** What an input says of groups. A whole answer is read as it is, so that its places have no index. */
const describedIn = (input: Input): unknown =>
  Array.isArray(input.json) || isSupplement(input.json) ? describing(elements(input)) : input.json;

/** One input by itself: its places count in its own file. */
export const readAlone = (input: Input): GroupsRead => readGroups(describedIn(input), input.name);

/** One input by itself, with what it lacks, or holds in a form that is passed over when its groups are read, among the errors. */
export const readWithOmissions = (input: Input): GroupsRead => {
  const { groups, errors } = readAlone(input);
  const omissions = [...elements(input).flatMap(answerFaults), ...omissionsIn(describedIn(input))];
  return { groups, errors: [...new Set([...errors, ...omissions.map((error) => `${input.name}: ${error}`)])] };
};

/** What is wrong with the supplements of one input, with its place. */
export const supplementErrors = (input: Input): readonly string[] => {
  const errors: string[] = [];
  readSupplements(elements(input), errors);
  return errors.map((error) => `${input.name}: ${error}`);
};

/** Descriptions of one group may stand in several inputs, so that they are read as one. */
const groupsIn = (inputs: readonly Input[], alone: readonly GroupsRead[]): readonly Group[] => {
  const [only] = alone;
  if (only !== undefined && alone.length === 1) return only.groups;
  return readGroups(describing(inputs.flatMap(elements)), '').groups;
};

/** The rule with the entries of its prefix list, where a file gives them. */
export const withCidrs = (rule: Rule, lists: Supplements['lists']): Rule => {
  if (rule.source.kind !== 'prefix-list') return rule;
  const cidrs = lists.get(rule.source.id);
  return cidrs === undefined ? rule : { ...rule, source: { ...rule.source, cidrs } };
};

/**
 * Reads the groups of an account from any number of inputs. Descriptions of the same group are merged, wherever they stand; prefix
 * lists get the entries that any input gives them.
 */
export const readAccount = (inputs: readonly Input[]): AccountInput => {
  const supplements = readSupplements(inputs.flatMap(elements), []);
  const alone = inputs.map(readWithOmissions);
  return {
    ...supplements,
    groups: groupsIn(inputs, alone).map((group) => ({
      ...group,
      rules: group.rules.map((rule) => withCidrs(rule, supplements.lists)),
    })),
    errors: [...inputs.flatMap(supplementErrors), ...alone.flatMap(({ errors }) => errors)],
  };
};
