import { type Facts, type Need, TOLD_FACTS } from '../../domain/controls/facts.ts';
import type { Policy } from '../../domain/controls/policy.ts';
import { FactUnread, Unfinished } from '../../domain/errors.ts';
import type { NewGroup } from '../../domain/grants.ts';
import type { Attachment } from '../../domain/group.ts';
import type { SecurityGroups, Sighting } from '../../domain/ports.ts';
import { neededFacts } from '../../remediation/decide/enabled.ts';
import { isReplacement } from '../../remediation/remedies/migrate-name.ts';
import type { Replacement, Scene } from '../../remediation/remedies/migrate-scene.ts';

/** Facts that a migration goes by, whatever controls are on. */
const OWN_NEEDS = ['attachments', 'referencedBy', 'peers'] as const satisfies readonly Need[];

type OwnFacts = Pick<Facts, (typeof OWN_NEEDS)[number]> & Partial<Facts>;

const isWhole = (facts: Partial<Facts>): facts is OwnFacts => OWN_NEEDS.every((need) => facts[need] !== undefined);

const byId = (a: Attachment, b: Attachment): number => (a.interfaceId < b.interfaceId ? -1 : 1);

/** Facts without those that are about the group alone, such as its twins. */
const factsOf = ({ group, facts: all }: Sighting): OwnFacts => {
  const { twins: _, ...facts } = all;
  if (!isWhole(facts)) throw new FactUnread(`what uses ${group.id} and what names it`, 'the look does not tell it');
  return { ...facts, attachments: facts.attachments.toSorted(byId) };
};

const namingIds = (facts: readonly OwnFacts[]): readonly string[] => [
  ...new Set(facts.flatMap(({ referencedBy }) => referencedBy.flatMap(({ kind, id }) => (kind === 'group' ? id : [])))),
];

/** Where a migration looks, and for what. */
export interface Place {
  readonly groups: Pick<SecurityGroups, 'look'>;
  readonly policy: Policy;
  readonly oldId: string;
  readonly like: NewGroup;
  /** The replacement, where the record has it. */
  readonly replacementId: string | undefined;
}

const look = async (place: Place, scope: Parameters<SecurityGroups['look']>[0]): Promise<readonly Sighting[]> => {
  const needs = neededFacts(place.policy, 'rules-added').difference(new Set(TOLD_FACTS)).union(new Set(OWN_NEEDS));
  const { sightings, unread } = await place.groups.look(scope, needs);
  if (unread.length > 0) throw new Unfinished(unread);
  return sightings;
};

const replacementIn = (place: Place, seen: readonly Sighting[]): Sighting | undefined =>
  seen.find(({ group }) => group.id !== place.oldId && isReplacement(group, place.like));

/** Both groups: the replacement by the id on the record, else by its name, since a try may have ended before it was recorded. */
const both = async (place: Place): Promise<readonly Sighting[]> => {
  const { oldId, replacementId, like } = place;
  if (replacementId !== undefined) return await look(place, { by: 'group-id', ids: [oldId, replacementId] });
  const old = look(place, { by: 'group-id', ids: [oldId] });
  return (await Promise.all([old, look(place, { by: 'group-name', names: [like.name] })])).flat();
};

const asReplacement = ({ group }: Sighting, { attachments, referencedBy }: OwnFacts): Replacement => ({
  group,
  attachments,
  referencedBy,
});

/**
 * Looks at a default group, what stands in for it, and every group that names one of them. Undefined where the default group is gone.
 *
 * @throws CallFailed; Unfinished or FactUnread where a fact could not be read: nothing is moved on a guess.
 */
export const see = async (place: Place): Promise<Scene | undefined> => {
  const seen = await both(place);
  const old = seen.find(({ group }) => group.id === place.oldId);
  if (old === undefined) return undefined;
  const facts = factsOf(old);
  const found = replacementIn(place, seen);
  const other = found && factsOf(found);
  const ids = namingIds(other === undefined ? [facts] : [facts, other]);
  const others = ids.filter((id) => id !== place.oldId && id !== found?.group.id);
  const naming = others.length === 0 ? [] : await look(place, { by: 'group-id', ids: others });
  const replacement = found && other && asReplacement(found, other);
  return { old: old.group, facts, naming, ...(replacement && { replacement }) };
};
