import type { Attachment } from '../../domain/group.ts';
import type { Rule } from '../../domain/rule.ts';
import { contentKey } from '../../network/rule-key.ts';
import { formatRule } from '../../network/text/format.ts';
import { type Course, next, put, take } from './migrate.ts';
import { commandFor } from './migrate-commands.ts';
import { isManaged } from './migrate-interfaces.ts';
import { attachesAgain, untold } from './migrate-refusals.ts';
import { isUnder, names, type Replacement, type Scene } from './migrate-scene.ts';

/** What the record of a migration says of itself. */
export interface Trail {
  /** Interfaces that it put under the replacement. */
  readonly moved: ReadonlySet<string>;
  /** Interfaces that EC2 refused to change in this run, and its reason. */
  readonly stuck: ReadonlyMap<string, string>;
}

/** A rule with the default group wherever it has the replacement. */
const backward = (rule: Rule, { group }: Replacement, oldId: string): string =>
  contentKey(
    names(rule, group.id) && rule.source.kind === 'group'
      ? { ...rule, source: { ...rule.source, groupId: oldId } }
      : rule,
  );

/** Rules of a group that let through what the default group's rules would not: taking the replacement away would cut that off. */
const without = (rules: readonly Rule[], standing: readonly Rule[], replacement: Replacement, oldId: string) => {
  const stand = new Set(standing.map(contentKey));
  return rules.filter((rule) => !stand.has(backward(rule, replacement, oldId)));
};

const ofRules = ({ old, naming }: Scene, replacement: Replacement): readonly string[] => {
  const { group } = replacement;
  const own = replacement.attachments.length === 0 ? [] : without(group.rules, old.rules, replacement, old.id);
  const others = naming.flatMap(({ group: one }) => {
    const rules = one.rules.filter((rule) => names(rule, group.id));
    return without(rules, one.rules, replacement, old.id);
  });
  return [
    ...own.map(
      (rule) =>
        `${group.id} has ${formatRule(rule)}, and ${old.id} has not: give it the same rule first (if it was stripped: restore it)`,
    ),
    ...others.map(
      (rule) =>
        `${formatRule(rule)} of ${rule.groupId} admits the replacement, and nothing there admits ${old.id}: somebody has changed it since; change it back or remove it`,
    ),
  ];
};

const ofInterface = (attachment: Attachment, { group }: Replacement, oldId: string, { moved }: Trail) => {
  const { interfaceId } = attachment;
  const command = commandFor(attachment, { from: group.id, to: oldId });
  if (isManaged(attachment))
    return [`${interfaceId} is under ${group.id} and managed by its service; move it with: ${command}`];
  if (isUnder(attachment, oldId) || moved.has(interfaceId)) return [];
  return [`${interfaceId} was put under ${group.id} by somebody else; move it with: ${command}`];
};

const ofStuck = (replacement: Replacement, { stuck }: Trail): readonly string[] =>
  replacement.attachments.flatMap(({ interfaceId }) => {
    const why = stuck.get(interfaceId);
    return why === undefined ? [] : [`${interfaceId} could not be changed: ${why}`];
  });

const objectionsTo = (scene: Scene, replacement: Replacement, trail: Trail): readonly string[] => [
  ...ofRules(scene, replacement),
  ...replacement.referencedBy.flatMap((reference) => attachesAgain(reference, replacement.group.id) ?? []),
  ...untold(replacement.attachments, replacement.group.id),
  ...replacement.attachments.flatMap((one) => ofInterface(one, replacement, scene.old.id, trail)),
  ...ofStuck(replacement, trail),
];

/** Rules that were added to other groups, and to the default group, for the migration: they keep the replacement from being deleted. */
const doubles = ({ old, naming }: Scene, { group }: Replacement): readonly Rule[] =>
  [...old.rules, ...naming.flatMap(({ group: one }) => one.rules)].filter((rule) => names(rule, group.id));

/**
 * The way back, one stretch from what stands: put the default group on every interface beside its replacement, only then take the
 * replacement off; once the doubled rules are gone, delete it. Refused where the default group no longer lets through what the
 * replacement does, or where others have begun to use the replacement.
 *
 * What the replacement did not have is in force again for the interfaces: that is what going back means.
 */
export const planRollBack = (scene: Scene, trail: Trail): Course => {
  const { replacement, old } = scene;
  if (replacement === undefined) return { kind: 'finished', open: [] };
  const because = objectionsTo(scene, replacement, trail);
  if (because.length > 0) return { kind: 'refused', because };
  const { group, attachments } = replacement;
  const lacking = attachments.filter((one) => !isUnder(one, old.id));
  if (lacking.length > 0) return next(lacking.map((one) => put(one, old.id)));
  if (attachments.length > 0) return next(attachments.map((one) => take(one, group.id)));
  const rules = doubles(scene, replacement);
  return next([rules.length > 0 ? { do: 'take-back', rules } : { do: 'delete', groupId: group.id }]);
};
