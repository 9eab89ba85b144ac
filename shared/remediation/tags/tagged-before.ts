import type { Change } from '../../domain/change.ts';
import type { Exemption } from '../../domain/exemption.ts';
import type { Rule } from '../../domain/rule.ts';
import { contentKey } from '../../network/rule-key.ts';
import { onItsOwn } from '../asked.ts';
import type { Seen } from '../look.ts';

const modifiedBy = ({ trigger, brought }: Change, { sight }: Pick<Seen, 'sight'>): readonly Rule[] => {
  if (trigger !== 'rules-modified' || brought.kind !== 'rules') return [];
  const ids = new Set(brought.ids);
  return sight.sightings.flatMap(({ group }) => group.rules).filter(({ id }) => id !== undefined && ids.has(id));
};

/** When it was last asked for. */
const askedAt = ({ at, renewed }: Exemption): number => renewed?.at(-1)?.at ?? at;

/**
 * Leave by tags for what a rule has only been modified into since it was tagged, ended. The event of a tag does not tell what the rule was, so
 * that the content that a look shows is exempted; who modifies the rule between the two would have that exempted in its place.
 * CloudTrail's times are whole seconds: within one, the modification counts as the later.
 */
export const outdatedBy = (
  change: Change,
  seen: Pick<Seen, 'sight' | 'exemptions'>,
  now: number,
): readonly Exemption[] => {
  const modified = modifiedBy(change, seen);
  const isOutdated = (one: Exemption) =>
    one.by.through === 'tag' &&
    askedAt(one) <= change.at &&
    modified.some((rule) => rule.groupId === one.scope.groupId && contentKey(rule) === one.scope.content);
  const ended = onItsOwn('the rule was modified after it was tagged', { now: () => now });
  return seen.exemptions.filter(isOutdated).map((one) => ({ ...one, ended }));
};
