import type { Change } from '../../domain/change.ts';
import type { ExemptionScope } from '../../domain/exemption.ts';
import type { Ports, Sight, Sighting } from '../../domain/ports.ts';
import type { Rule, Tags } from '../../domain/rule.ts';
import { canonicalKey } from '../../network/canonical.ts';
import { contentKey } from '../../network/rule-key.ts';

/** A group or rule whose exemption tags a call set or took away, as it is now. */
export interface Tagged {
  /** `sg-…` or `sgr-…` */
  readonly id: string;
  /** Absent where it is gone. */
  readonly now?: {
    readonly tags: Tags;
    readonly scope: ExemptionScope & { readonly groupId: string };
    /** Whether its content is not what it was created with a moment ago. */
    readonly isAnother: boolean;
  };
}

/** Whether a rule was created by this change with another content than it has now: somebody modified it in between. */
const isAnother = (rule: Rule, { trigger, brought }: Change): boolean =>
  trigger === 'rules-added' &&
  brought.kind === 'rules' &&
  !brought.contents.some((content) => canonicalKey(content) === canonicalKey(rule));

const ruleIn = (id: string, sightings: readonly Sighting[]): Rule | undefined =>
  sightings.flatMap(({ group }) => group.rules).find((rule) => rule.id === id);

const asTagged = (id: string, rule: Rule, change: Change): Tagged => {
  const scope = { groupId: rule.groupId, content: contentKey(rule) };
  return { id, now: { tags: rule.tags ?? {}, scope, isAnother: isAnother(rule, change) } };
};

const taggedIn = (id: string, change: Change, sightings: readonly Sighting[]): Tagged => {
  const group = sightings.find((sighting) => sighting.group.id === id)?.group;
  if (group !== undefined) return { id, now: { tags: group.tags, scope: { groupId: id }, isAnother: false } };
  const rule = ruleIn(id, sightings);
  if (rule === undefined) return { id };
  return asTagged(id, rule, change);
};

/** Rules that were tagged together with groups, in groups that nobody has looked at. Throws CallFailed. */
const besides = async (ids: readonly string[], sight: Sight, ports: Pick<Ports, 'groups'>) => {
  const missing = ids.filter((id) => id.startsWith('sgr-') && ruleIn(id, sight.sightings) === undefined);
  if (missing.length === 0) return [];
  return (await ports.groups.look({ by: 'rule-id', ids: missing }, new Set())).sightings;
};

/**
 * Rules that Portcullis itself has closed meanwhile, as the ledger has them: a rule that is created with exemption tags is closed until
 * CloudTrail confirms who set them, and can be restored after that.
 */
const closedByUs = async (
  ids: readonly string[],
  { scope }: Change,
  { ledger }: Pick<Ports, 'ledger'>,
): Promise<readonly Rule[]> => {
  if (ids.length === 0 || scope.by !== 'group-id') return [];
  const entries = (await Promise.all(scope.ids.map((id) => ledger.entries(id)))).flat();
  const closed = new Set(entries.flatMap(({ outcome }) => outcome?.removed.map(({ id }) => id) ?? []));
  return entries
    .flatMap(({ plan }) => plan.decision.rules)
    .filter(({ id }) => id !== undefined && ids.includes(id) && closed.has(id));
};

/** The groups and rules of a request, as they are now. Throws CallFailed. */
export const taggedBy = async (
  change: Change,
  sight: Sight,
  ports: Pick<Ports, 'groups' | 'ledger'>,
): Promise<readonly Tagged[]> => {
  const ids = change.exemptionTags?.resources ?? [];
  const more = change.trigger === 'tagged' ? await besides(ids, sight, ports) : [];
  const found = ids.map((id) => taggedIn(id, change, [...sight.sightings, ...more]));
  const gone = found.flatMap(({ id, now }) => (now === undefined && id.startsWith('sgr-') ? [id] : []));
  const closed = await closedByUs(gone, change, ports);
  return found.map((one) => {
    const rule = closed.find(({ id }) => id === one.id);
    return one.now !== undefined || rule === undefined ? one : asTagged(one.id, rule, change);
  });
};
