import { Unfinished } from '../../domain/errors.ts';
import type { Rule } from '../../domain/rule.ts';
import type { GrantCell } from './cell.ts';

/**
 * What prefix lists hold now, as far as rules of the region name them: a list that no rule names, or whose entries could not be read, is
 * absent. Throws CallFailed, Unfinished.
 */
export const presentEntries = async (
  ids: readonly string[],
  region: string,
  { ports }: GrantCell,
): Promise<ReadonlyMap<string, readonly string[]>> => {
  if (ids.length === 0) return new Map();
  const sight = await ports.region(region).groups.look({ by: 'prefix-list', ids }, new Set());
  if (sight.unread.length > 0) throw new Unfinished(sight.unread);
  const rules = sight.sightings.flatMap(({ group }) => group.rules);
  return new Map(
    rules.flatMap(({ source }) =>
      source.kind === 'prefix-list' && ids.includes(source.id) && source.cidrs !== undefined
        ? [[source.id, source.cidrs] as const]
        : [],
    ),
  );
};

/** Rules from the record with the entries that their prefix lists have now; those that no rule names any more keep the recorded ones. */
export const withPresentEntries = async (
  rules: readonly Rule[],
  region: string,
  cell: GrantCell,
): Promise<readonly Rule[]> => {
  const ids = new Set(rules.flatMap(({ source }) => (source.kind === 'prefix-list' ? [source.id] : [])));
  const entries = await presentEntries([...ids], region, cell);
  return rules.map((rule) => {
    const cidrs = rule.source.kind === 'prefix-list' ? entries.get(rule.source.id) : undefined;
    return rule.source.kind === 'prefix-list' && cidrs ? { ...rule, source: { ...rule.source, cidrs } } : rule;
  });
};
