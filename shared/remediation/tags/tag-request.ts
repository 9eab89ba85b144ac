import { type Change, matchesActor, type TagRequest } from '../../domain/change.ts';
import type { GroupSnapshot, Snapshot } from '../../domain/ec2.ts';
import {
  EXEMPT_REASON_TAG,
  EXEMPT_UNTIL_TAG,
  type Exemption,
  type ExemptionScope,
  LONGEST_EXEMPTION_MS,
} from '../../domain/exemption.ts';
import type { Rule, Tags } from '../../domain/group.ts';
import { isBlank } from '../../domain/message.ts';
import type { Policy } from '../../domain/policy.ts';
import type { RemediationPorts } from '../../domain/ports.ts';
import { canonicalKey, contentKey } from '../../network/rule-key.ts';
import { endOf, startOf } from '../../policy/dates.ts';

/** The current state of a group or rule whose exemption tags a call set or deleted. */
export interface TaggedResource {
  /** `sg-…` or `sgr-…` */
  readonly id: string;
  /** Absent if the group or rule is gone. */
  readonly now?: {
    readonly tags: Tags;
    readonly scope: ExemptionScope & { readonly groupId: string };
    /** Whether the rule was modified after the call that created it. */
    readonly isAnother: boolean;
  };
}

/** Whether the change created the rule with another content than it has now. */
function isAnother(rule: Rule, { trigger, added }: Change): boolean {
  return (
    trigger === 'rules-added' &&
    added.kind === 'rules' &&
    !added.contents.some((content) => canonicalKey(content) === canonicalKey(rule))
  );
}

function ruleIn(id: string, groupSnapshots: readonly GroupSnapshot[]): Rule | undefined {
  return groupSnapshots.flatMap(({ group }) => group.rules).find((rule) => rule.id === id);
}

function asTagged(id: string, rule: Rule, change: Change): TaggedResource {
  const scope = { groupId: rule.groupId, content: contentKey(rule) };
  return { id, now: { tags: rule.tags ?? {}, scope, isAnother: isAnother(rule, change) } };
}

function taggedIn(id: string, change: Change, groupSnapshots: readonly GroupSnapshot[]): TaggedResource {
  const group = groupSnapshots.find((groupSnapshot) => groupSnapshot.group.id === id)?.group;
  if (group !== undefined) return { id, now: { tags: group.tags, scope: { groupId: id }, isAnother: false } };
  const rule = ruleIn(id, groupSnapshots);
  if (rule === undefined) return { id };
  return asTagged(id, rule, change);
}

/** Groups outside the snapshot whose rules were tagged in the same call. Throws CallFailed. */
async function besides(ids: readonly string[], sight: Snapshot, ports: Pick<RemediationPorts, 'groups'>) {
  const missing = ids.filter((id) => id.startsWith('sgr-') && ruleIn(id, sight.groups) === undefined);
  if (missing.length === 0) return [];
  return (await ports.groups.fetchSnapshot({ by: 'rule-id', ids: missing }, new Set())).groups;
}

/**
 * Rules of a request that Portcullis has removed, from the ledger. A rule that is created with exemption tags
 * is removed until CloudTrail confirms who set them, and can be restored after that.
 */
async function closedByUs(
  ids: readonly string[],
  { scope }: Change,
  { ledger }: Pick<RemediationPorts, 'ledger'>,
): Promise<readonly Rule[]> {
  if (ids.length === 0 || scope.by !== 'group-id') return [];
  const entries = (await Promise.all(scope.ids.map((id) => ledger.entries(id)))).flat();
  const closed = new Set(entries.flatMap(({ outcome }) => outcome?.removed.map(({ id }) => id) ?? []));
  return entries
    .flatMap(({ plan }) => plan.decision.rules)
    .filter(({ id }) => id !== undefined && ids.includes(id) && closed.has(id));
}

/** The groups and rules of a request, as they are now. Throws CallFailed. */
export async function taggedResources(
  change: Change,
  sight: Snapshot,
  ports: Pick<RemediationPorts, 'groups' | 'ledger'>,
): Promise<readonly TaggedResource[]> {
  const ids = change.exemptionTags?.resources ?? [];
  const more = change.trigger === 'tagged' ? await besides(ids, sight, ports) : [];
  const found = ids.map((id) => taggedIn(id, change, [...sight.groups, ...more]));
  const gone = found.flatMap(({ id, now }) => (now === undefined && id.startsWith('sgr-') ? [id] : []));
  const closed = await closedByUs(gone, change, ports);
  return found.map((one) => {
    const rule = closed.find(({ id }) => id === one.id);
    return one.now !== undefined || rule === undefined ? one : asTagged(one.id, rule, change);
  });
}

/** The decision on a request: an exemption, the end of one, or nothing, with the reason. */
export type TagDecision =
  | { readonly kind: 'leave'; readonly until: number; readonly reason: string }
  | { readonly kind: 'end' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'ignored'; readonly because: string };

function ignored(because: string): TagDecision {
  return { kind: 'ignored', because };
}

/** Why an exemption cannot end on that day; undefined if it can. */
function objectionTo(until: string, now: number): string | undefined {
  const [start, end] = [startOf(until), endOf(until)];
  if (start === undefined || end === undefined)
    return `${EXEMPT_UNTIL_TAG} is ${JSON.stringify(until)}, which is not a date such as 2026-12-31`;
  if (end <= now) return `${EXEMPT_UNTIL_TAG} ${until} is over`;
  return start - now > LONGEST_EXEMPTION_MS ? `${EXEMPT_UNTIL_TAG} ${until} is more than 90 days from now` : undefined;
}

/**
 * The end of the exemption. The last allowed day ends a little later than 90 days from now, so the end is
 * limited.
 */
function untilOf(text: string, now: number): number {
  return Math.min(endOf(text) ?? now, now + LONGEST_EXEMPTION_MS);
}

function wanted(request: TagRequest, known: Exemption | undefined, now: number): TagDecision {
  const given = request.reason?.trim() ?? '';
  const reason = isBlank(given) ? known?.reason : given;
  if (reason === undefined) return ignored(`it names no reason: set ${EXEMPT_REASON_TAG} in the same call`);
  if (request.until === undefined) {
    return known === undefined
      ? ignored(`it names no end: set ${EXEMPT_UNTIL_TAG} in the same call`)
      : { kind: 'leave', until: known.until, reason };
  }
  const objection = objectionTo(request.until, now);
  return objection === undefined ? { kind: 'leave', until: untilOf(request.until, now), reason } : ignored(objection);
}

/** Whether a later call has set other tags or deleted them. */
function isOvertaken({ until, reason }: TagRequest, { tags }: NonNullable<TaggedResource['now']>): boolean {
  return (
    (until !== undefined && tags[EXEMPT_UNTIL_TAG] !== until) ||
    (reason !== undefined && tags[EXEMPT_REASON_TAG] !== reason)
  );
}

/**
 * If the tag is there again, another call has set it, which is a request of its own. Deleting the reason
 * alone ends nothing.
 */
function removal({ until }: TagRequest, now: TaggedResource['now'], known: Exemption | undefined): TagDecision {
  const isThere = now !== undefined && Object.hasOwn(now.tags, EXEMPT_UNTIL_TAG);
  return until === undefined || isThere || known === undefined ? { kind: 'nothing' } : { kind: 'end' };
}

/**
 * Decides on a request by tags. Only principals that the policy names may request. The tags of a resource do
 * not prove who set them: they are used only to reject a request that a later call has overtaken. Pure.
 *
 * @param known the exemption that an earlier request led to
 * @param at milliseconds since the epoch
 */
export function decideTagRequest(
  { actor, exemptionTags }: Pick<Change, 'actor' | 'exemptionTags'>,
  { now }: TaggedResource,
  known: Exemption | undefined,
  { exemptionTagsBy }: Pick<Policy, 'exemptionTagsBy'>,
  at: number,
): TagDecision {
  if (exemptionTags === undefined) return { kind: 'nothing' };
  if (!exemptionTagsBy.some((pattern) => actor !== undefined && matchesActor(pattern, actor)))
    return ignored('the policy does not name the principal under exemptionTagsBy');
  if (exemptionTags.what === 'removed') return removal(exemptionTags, now, known);
  if (now === undefined) return ignored('the tagged group or rule no longer exists');
  if (isOvertaken(exemptionTags, now)) return ignored('the tags have changed since the call');
  if (now.isAnother) return ignored('the rule was modified since it was created');
  return wanted(exemptionTags, known, at);
}
