import type { AuthorizeStep, NewGroup } from '../../domain/grants.ts';
import type { Attachment } from '../../domain/group.ts';
import type { Rule } from '../../domain/rule.ts';
import { admissions, betweenBoth, missingOf, wantedRules } from './migrate-doubles.ts';
import { isManaged, managedText, stuckText } from './migrate-interfaces.ts';
import { refusals } from './migrate-refusals.ts';
import { isUnder, type Replacement, type Scene } from './migrate-scene.ts';

/** One call to EC2 of a migration, or of its way back. */
export type MigrationStep =
  | { readonly do: 'create'; readonly like: NewGroup }
  | { readonly do: 'admit'; readonly step: AuthorizeStep }
  | {
      readonly do: 'attach' | 'detach';
      readonly interfaceId: string;
      /** The group that is put on or taken off. */
      readonly groupId: string;
      /** All groups that the interface is under then. */
      readonly groupIds: readonly string[];
    }
  /** Asked of the function that removes: rules that were added for the time of the migration. */
  | { readonly do: 'take-back'; readonly rules: readonly Rule[] }
  | { readonly do: 'delete'; readonly groupId: string };

/** What is to be done next, as far as one look carries. */
export type Course =
  | { readonly kind: 'refused'; readonly because: readonly string[] }
  | { readonly kind: 'next'; readonly steps: readonly MigrationStep[] }
  /** `open`: what keeps the old group in use, each with what a person has to do. */
  | { readonly kind: 'finished'; readonly open: readonly string[] };

/** What is known besides the scene. */
export interface Terms {
  readonly like: NewGroup;
  /** Rules of the default group, as `contentKey` writes them, that its replacement must not have. */
  readonly leftOut: ReadonlySet<string>;
  /** What controls say against the rest. */
  readonly objections: readonly string[];
  /** Interfaces that EC2 refused to change in this run, and its reason. */
  readonly stuck: ReadonlyMap<string, string>;
}

/**
 * Interfaces between two looks. EC2 changes 5 a second for long, and sets the whole list of an interface's groups: the older the list that
 * it was made from, the more likely it is to undo what somebody else has changed since. 10 are 2 seconds.
 */
const AT_ONCE = 10;

/** The interface under one more group. */
export const put = ({ interfaceId, groupIds = [] }: Attachment, groupId: string): MigrationStep => ({
  do: 'attach',
  interfaceId,
  groupId,
  groupIds: [...groupIds, groupId],
});

/** The interface under one group less. */
export const take = ({ interfaceId, groupIds = [] }: Attachment, groupId: string): MigrationStep => ({
  do: 'detach',
  interfaceId,
  groupId,
  groupIds: groupIds.filter((id) => id !== groupId),
});

/** The steps that one look is good for. */
export const next = (steps: readonly MigrationStep[]): Course => ({ kind: 'next', steps: steps.slice(0, AT_ONCE) });

const moves = ({ old, facts }: Scene, { group }: Replacement, { stuck }: Terms): Course => {
  const ours = facts.attachments.filter((one) => !isManaged(one));
  const free = ours.filter(({ interfaceId }) => !stuck.has(interfaceId));
  const lacking = free.filter((one) => !isUnder(one, group.id));
  if (lacking.length > 0) return next(lacking.map((one) => put(one, group.id)));
  if (free.length > 0) return next(free.map((one) => take(one, old.id)));
  const move = { from: old.id, to: group.id };
  const open = [
    ...facts.attachments.filter(isManaged).map((one) => managedText(one, move)),
    ...ours.map((one) => stuckText(one, stuck.get(one.interfaceId) ?? '', move)),
  ];
  return { kind: 'finished', open };
};

/** Nothing is in the default group: rules between it and its replacement would only let in what is put into it by mistake. */
const emptied = (scene: Scene): Course => {
  const rules = betweenBoth(scene);
  return rules.length > 0 ? next([{ do: 'take-back', rules }]) : { kind: 'finished', open: [] };
};

/**
 * The way of a default group's members to a group of their own, one stretch from what stands: make the replacement; add every rule that
 * is wanted; put the replacement on every interface beside the default group; only then take the default group off. Each stretch
 * begins only once a look shows that the one before it is whole, so that wherever it breaks off, nobody has lost anything, and a retry
 * goes on from there. An interface that turns up meanwhile is put first before any other is taken off.
 *
 * Why nobody loses access: an interface is taken off the default group only while all others that can be moved are under the replacement
 * too, and whatever let the default group through lets the replacement through, in both directions, with those that stay behind.
 *
 * Interfaces that services manage, and those that EC2 refuses to change, stay; the default group is then still in use.
 */
export const planMigration = (scene: Scene, terms: Terms): Course => {
  const because = [...refusals(scene), ...terms.objections];
  if (scene.facts.attachments.length === 0) return emptied(scene);
  if (because.length > 0) return { kind: 'refused', because };
  const { replacement } = scene;
  if (replacement === undefined) return next([{ do: 'create', like: terms.like }]);
  const missing = missingOf(wantedRules(scene, replacement.group.id, terms.leftOut), scene);
  if (missing.length > 0) {
    return { kind: 'next', steps: admissions(missing).map((step) => ({ do: 'admit', step })) };
  }
  return moves(scene, replacement, terms);
};
