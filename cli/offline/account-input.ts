import type { Group } from '../../shared/model/group.ts';
import type { Rule } from '../../shared/model/rule.ts';
import { type GroupsRead, readGroups } from '../../shared/readers/describe.ts';
import type { Input } from '../read-input.ts';
import { isSupplement, readSupplements, type Supplements } from './supplements.ts';

/** An account's groups as files describe them. */
export interface AccountInput extends Supplements {
  readonly groups: readonly Group[];
  /** What could not be read, with file and place. */
  readonly errors: readonly string[];
}

/** The values of an input: an array stands for its elements. */
export const elements = ({ json }: Input): readonly unknown[] => (Array.isArray(json) ? json : [json]);

const describing = (values: readonly unknown[]): readonly unknown[] => values.filter((value) => !isSupplement(value));

/** One input by itself: its places count in its own file. A whole response is read as it is, so that its places have no index. */
export const readAlone = (input: Input): GroupsRead => {
  const isWhole = !Array.isArray(input.json) && !isSupplement(input.json);
  return readGroups(isWhole ? input.json : describing(elements(input)), input.name);
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
  const alone = inputs.map(readAlone);
  return {
    ...supplements,
    groups: groupsIn(inputs, alone).map((group) => ({
      ...group,
      rules: group.rules.map((rule) => withCidrs(rule, supplements.lists)),
    })),
    errors: [...inputs.flatMap(supplementErrors), ...alone.flatMap(({ errors }) => errors)],
  };
};
