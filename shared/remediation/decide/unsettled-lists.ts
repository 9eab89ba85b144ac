import type { Brought } from '../../domain/change.ts';
import { FactUnread } from '../../domain/errors.ts';
import type { ListState, Sight } from '../../domain/ports.ts';
import type { Rule } from '../../domain/rule.ts';

/**
 * While entries are being modified or restored, EC2 may still give the old ones.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ManagedPrefixList.html
 */
const isChanging = ({ state }: ListState): boolean => state.endsWith('-in-progress');

/** Whether the list is still at the version that the change has left: the event overtook the state it speaks of. */
const lags = ({ id, version }: ListState, brought: Brought): boolean =>
  brought.kind === 'prefix-list' &&
  brought.id === id &&
  brought.version !== undefined &&
  version !== undefined &&
  version <= brought.version;

/** Lists whose entries are not yet what they are going to be, in words. */
export const unsettledLists = ({ lists = [] }: Sight, brought: Brought): readonly string[] =>
  lists
    .filter((list) => isChanging(list) || lags(list, brought))
    .map(({ id, state, version }) => `${id} is ${state}${version === undefined ? '' : ` at version ${version}`}`);

const unknown = (rule: Rule, ids: ReadonlySet<string>): Rule =>
  rule.source.kind === 'prefix-list' && ids.has(rule.source.id)
    ? { ...rule, source: { kind: 'prefix-list', id: rule.source.id } }
    : rule;

/** The sight without the entries of lists that are being changed: they count as unread, so nothing is guessed from the old ones. */
export const withoutChangingLists = (sight: Sight): Sight => {
  const changing = (sight.lists ?? []).filter(isChanging);
  if (changing.length === 0) return sight;
  const ids = new Set(changing.map(({ id }) => id));
  return {
    ...sight,
    sightings: sight.sightings.map(({ group, facts }) => ({
      facts,
      group: { ...group, rules: group.rules.map((rule) => unknown(rule, ids)) },
    })),
    unread: [
      ...sight.unread,
      ...changing.map(({ id, state }) => new FactUnread(`entries of prefix list ${id}`, `the list is ${state}`)),
    ],
  };
};
