import type { Change } from '../../domain/change.ts';
import type { Exemption } from '../../domain/exemption.ts';
import type { Rule } from '../../domain/group.ts';
import type { Attribution } from '../../domain/identity.ts';
import type { Notification } from '../../domain/notification.ts';
import { contentKey } from '../../network/rule-key.ts';
import { isInForce } from '../../policy/exemptions.ts';
import type { RemediationCell } from '../cell.ts';
import { confirmChange } from '../confirm.ts';
import type { ChangeSnapshot } from '../fetch-snapshot.ts';
import { isOwnGrant } from '../own-change.ts';
import { exemptionId, requestedByPortcullis } from '../requested-by.ts';
import { decideTagRequest, type TaggedResource, taggedResources } from './tag-request.ts';

function modifiedBy({ trigger, added }: Change, { current }: Pick<ChangeSnapshot, 'current'>): readonly Rule[] {
  if (trigger !== 'rules-modified' || added.kind !== 'rules') return [];
  const ids = new Set(added.ids);
  return current.groups.flatMap(({ group }) => group.rules).filter(({ id }) => id !== undefined && ids.has(id));
}

/** When the exemption was last requested. */
function askedAt({ at, renewed }: Exemption): number {
  return renewed?.at(-1)?.at ?? at;
}

/**
 * Exemptions by tags of rules that were modified after they were tagged, ended. The event of a tag does not
 * have the content of the rule, so the current content is exempted. Somebody could modify the rule in between
 * to exempt another content. CloudTrail's times are whole seconds: within one second, the modification counts
 * as the later call.
 */
function outdatedExemptions(
  change: Change,
  snapshot: Pick<ChangeSnapshot, 'current' | 'exemptions'>,
  now: number,
): readonly Exemption[] {
  const modified = modifiedBy(change, snapshot);
  const isOutdated = (one: Exemption) =>
    one.by.through === 'tag' &&
    askedAt(one) <= change.at &&
    modified.some((rule) => rule.groupId === one.scope.groupId && contentKey(rule) === one.scope.content);
  const ended = requestedByPortcullis('the rule was modified after it was tagged', { now: () => now });
  return snapshot.exemptions.filter(isOutdated).map((one) => ({ ...one, ended }));
}

/** The exemptions in the ledger after the requests, and what people are notified of. */
export interface TagRequestResult {
  readonly exemptions: readonly Exemption[];
  readonly notifications: readonly Notification[];
}

function askedBy({ actor, at }: Change, reason: string, now: number): Attribution {
  return {
    by: { name: actor?.name ?? actor?.arn ?? 'unknown', ...(actor?.arn && { arn: actor.arn }), through: 'tag' },
    reason,
    at: Math.min(at, now),
  };
}

/** The exemption that an earlier request for the same rule or group led to. */
function knownOf({ now }: TaggedResource, exemptions: readonly Exemption[], at: number): Exemption | undefined {
  return exemptions.find(
    (one) =>
      isInForce(one, at) &&
      one.by.through === 'tag' &&
      one.scope.groupId === now?.scope.groupId &&
      one.scope.content === now?.scope.content &&
      one.scope.control === undefined &&
      one.scope.ports === undefined,
  );
}

async function granted(
  known: Exemption | undefined,
  { now }: TaggedResource,
  terms: { readonly until: number; readonly asked: Attribution },
  { actor, account, region }: Change,
): Promise<Exemption> {
  const { until, asked } = terms;
  const owner = actor?.arn ?? asked.by.name;
  if (known === undefined) {
    const one = { ...asked, scope: { ...now?.scope }, owner, until, place: { account, region } };
    return { ...one, id: await exemptionId(one) };
  }
  if (known.until === until && known.reason === asked.reason) return known;
  return { ...known, reason: asked.reason, owner, until, renewed: [...(known.renewed ?? []), asked] };
}

type Ignored = Extract<Notification, { what: 'exemption-ignored' }>;

interface AppliedRequest {
  readonly exemption?: Exemption;
  readonly news?: Notification;
}

/**
 * One notification for each reason. A call may name up to 1,000 resources, which must not flood people with
 * notifications.
 */
function groupedByReason(news: readonly Notification[]): readonly Notification[] {
  const ignored = news.filter((one): one is Ignored => one.what === 'exemption-ignored');
  const firsts = [...Map.groupBy(ignored, ({ because }) => because).values()].flatMap(([first, ...rest]) =>
    first === undefined ? [] : [{ ...first, others: rest.length }],
  );
  return [...news.filter(({ what }) => what !== 'exemption-ignored'), ...firsts];
}

async function applyTagRequest(
  tagged: TaggedResource,
  change: Change,
  { exemptions }: ChangeSnapshot,
  cell: RemediationCell,
): Promise<AppliedRequest> {
  const { policy, ports } = cell;
  const now = ports.clock.now();
  const known = knownOf(tagged, exemptions, now);
  const verdict = decideTagRequest(change, tagged, known, policy, now);
  switch (verdict.kind) {
    case 'nothing':
      return {};
    case 'ignored': {
      const asked = askedBy(change, change.exemptionTags?.reason ?? '', now);
      const groupId = tagged.now?.scope.groupId ?? tagged.id;
      const id = `exemption-ignored ${change.id} ${tagged.id}`;
      return { news: { id, what: 'exemption-ignored', groupId, others: 0, because: verdict.because, asked } };
    }
    case 'end': {
      const ended = askedBy(change, 'its tag was deleted', now);
      const exemption = known && { ...known, ended };
      return exemption === undefined ? {} : appliedAs('exemption-ended', exemption);
    }
    case 'leave': {
      const asked = askedBy(change, verdict.reason, now);
      return appliedAs('exempted', await granted(known, tagged, { until: verdict.until, asked }, change));
    }
    default:
      return verdict satisfies never;
  }
}

function appliedAs(what: 'exempted' | 'exemption-ended', exemption: Exemption): AppliedRequest {
  return {
    exemption,
    news: { id: `${what} ${exemption.id} ${exemption.until}`, what, exemption },
  };
}

function endedBy(exemption: Exemption): AppliedRequest {
  return appliedAs('exemption-ended', exemption);
}

/** Whether a request would exempt something if the event is true. */
function wouldGrant(
  tagged: TaggedResource,
  change: Change,
  { exemptions }: ChangeSnapshot,
  { policy, ports }: RemediationCell,
): boolean {
  const now = ports.clock.now();
  return decideTagRequest(change, tagged, knownOf(tagged, exemptions, now), policy, now).kind === 'leave';
}

/** Puts the request into the ledger; on-schedule asks CloudTrail again. Nothing is exempt until then. */
async function postpone(
  change: Change,
  tagged: readonly TaggedResource[],
  because: string,
  { ports }: RemediationCell,
): Promise<void> {
  const { id, account, region, exemptionTags } = change;
  const since = ports.clock.now();
  const groupId = tagged.flatMap(({ now }) => now?.scope.groupId ?? []).at(0) ?? '';
  const asked = askedBy(change, exemptionTags?.reason ?? '', since);
  await ports.confirmations.add({ what: 'exemption', eventId: id, account, region, groupId, since, because, asked });
  ports.journal({ what: 'unconfirmed', change, because });
}

/**
 * The change as CloudTrail has it, if its request would exempt something. Undefined as long as CloudTrail
 * does not have it. A request that exempts nothing needs no proof.
 */
async function provenChange(
  change: Change,
  tagged: readonly TaggedResource[],
  snapshot: ChangeSnapshot,
  cell: RemediationCell,
): Promise<Change | undefined> {
  if (change.confirmed || !tagged.some((one) => wouldGrant(one, change, snapshot, cell))) return change;
  const answer = await confirmChange(change, cell.ports);
  if (answer.kind === 'confirmed') return answer.change;
  await postpone(change, tagged, answer.because, cell);
  return undefined;
}

/**
 * The requests of a change. Rules that Portcullis restores carry their former tags, which request nothing.
 * Throws CallFailed.
 */
async function requestsByTags(
  claimed: Change,
  snapshot: ChangeSnapshot,
  cell: RemediationCell,
): Promise<readonly AppliedRequest[]> {
  if (claimed.exemptionTags === undefined || isOwnGrant(claimed, snapshot)) return [];
  const named = await taggedResources(claimed, snapshot.current, cell.ports);
  const change = await provenChange(claimed, named, snapshot, cell);
  if (change === undefined) return [];
  const tagged = change === claimed ? named : await taggedResources(change, snapshot.current, cell.ports);
  return await Promise.all(tagged.map((one) => applyTagRequest(one, change, snapshot, cell)));
}

/**
 * Those exemptions that the ledger has as active: an event that arrives again does not revive one that a
 * person ended. Throws CallFailed.
 */
async function holding(some: readonly Exemption[], { ports }: RemediationCell): Promise<readonly Exemption[]> {
  return await ports.exemptions.active(some.flatMap(({ scope }) => scope.groupId ?? []));
}

/**
 * Applies the exemption tags that a change set or deleted, before anything is decided. Requests of principals
 * that the policy names go into the ledger after CloudTrail has confirmed who set the tags. People are
 * notified of all other requests, which exempt nothing.
 *
 * @throws CallFailed: then nothing is decided, and the event is retried.
 */
export async function applyTagRequests(
  change: Change,
  snapshot: ChangeSnapshot,
  cell: RemediationCell,
): Promise<TagRequestResult> {
  const heeds = [
    ...(await requestsByTags(change, snapshot, cell)),
    ...outdatedExemptions(change, snapshot, cell.ports.clock.now()).map(endedBy),
  ];
  const changed = heeds.flatMap(({ exemption }) => exemption ?? []).filter((one) => !snapshot.exemptions.includes(one));
  await Promise.all(changed.map((one) => cell.ports.exemptions.put(one)));
  const ids = new Set(changed.map(({ id }) => id));
  const all = [...snapshot.exemptions.filter(({ id }) => !ids.has(id)), ...changed];
  return {
    exemptions: changed.length === 0 ? all : await holding(all, cell),
    notifications: groupedByReason(heeds.flatMap(({ news }) => news ?? [])),
  };
}
