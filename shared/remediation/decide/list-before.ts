import type { Brought, Change } from '../../domain/change.ts';
import type { Exemption } from '../../domain/exemption.ts';
import type { Sight } from '../../domain/ports.ts';
import { publicUnion } from '../../network/exposure/measure.ts';
import type { World } from '../../network/exposure/trusted-space.ts';

/**
 * The change, as it stands beside what the list held before: a list that was the world already was not made so by one entry more, and
 * its rules count as existing. Where the old entries could not be read, the change is taken for what it says.
 */
export const besideListBefore = (change: Change, { lists = [] }: Sight, world: World): Change => {
  const { brought } = change;
  if (brought.kind !== 'prefix-list') return change;
  const before = lists.find(({ id }) => id === brought.id)?.before;
  const wasWorld = before !== undefined && publicUnion(before, world).isWorld;
  return wasWorld ? { ...change, brought: { kind: 'unknown' } } : change;
};

/**
 * Exemptions as they hold on the occasion of a change. Leave for a rule that names a list was given for what the list held: who makes the
 * list the world later has no leave for that, and people are asked.
 */
export const besideChangedList = (exemptions: readonly Exemption[], brought: Brought): readonly Exemption[] =>
  brought.kind === 'prefix-list'
    ? exemptions.filter(({ scope }) => scope.content?.endsWith(` ${brought.id}`) !== true)
    : exemptions;
