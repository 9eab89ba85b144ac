import type { Change } from '../../domain/change.ts';
import type { Exemption } from '../../domain/exemption.ts';
import type { News } from '../../domain/notifications/news.ts';
import type { Asked } from '../../domain/requests/person.ts';
import { isLive } from '../../policy/exempt.ts';
import type { Cell } from '../cell.ts';
import { confirm } from '../confirm.ts';
import type { Seen } from '../look.ts';
import { isOwnGrant } from '../own-change.ts';
import { exemptionId } from './exemption-id.ts';
import { judgeTags } from './tag-request.ts';
import { type Tagged, taggedBy } from './tagged.ts';
import { outdatedBy } from './tagged-before.ts';

/** What became of requests by tags: the ledger's exemptions as they are afterwards, and what people are told. */
export interface Heeded {
  readonly exemptions: readonly Exemption[];
  readonly news: readonly News[];
}

const askedBy = ({ actor, at }: Change, reason: string, now: number): Asked => ({
  by: { name: actor?.name ?? actor?.arn ?? 'unknown', ...(actor?.arn && { arn: actor.arn }), through: 'tag' },
  reason,
  at: Math.min(at, now),
});

/** The leave that an earlier request for the same thing led to. */
const knownOf = ({ now }: Tagged, exemptions: readonly Exemption[], at: number): Exemption | undefined =>
  exemptions.find(
    (one) =>
      isLive(one, at) &&
      one.by.through === 'tag' &&
      one.scope.groupId === now?.scope.groupId &&
      one.scope.content === now?.scope.content &&
      one.scope.control === undefined &&
      one.scope.ports === undefined,
  );

const granted = async (
  known: Exemption | undefined,
  { now }: Tagged,
  terms: { readonly until: number; readonly asked: Asked },
  { actor, account, region }: Change,
): Promise<Exemption> => {
  const { until, asked } = terms;
  const owner = actor?.arn ?? asked.by.name;
  if (known === undefined) {
    const one = { ...asked, scope: { ...now?.scope }, owner, until, place: { account, region } };
    return { ...one, id: await exemptionId(one) };
  }
  if (known.until === until && known.reason === asked.reason) return known;
  return { ...known, reason: asked.reason, owner, until, renewed: [...(known.renewed ?? []), asked] };
};

type Ignored = Extract<News, { what: 'exemption-ignored' }>;

interface Heed {
  readonly exemption?: Exemption;
  readonly news?: News;
}

/** One for each reason: a call names up to 1,000 resources, and must not be a way to drown what people are told. */
const together = (news: readonly News[]): readonly News[] => {
  const ignored = news.filter((one): one is Ignored => one.what === 'exemption-ignored');
  const firsts = [...Map.groupBy(ignored, ({ because }) => because).values()].flatMap(([first, ...rest]) =>
    first === undefined ? [] : [{ ...first, others: rest.length }],
  );
  return [...news.filter(({ what }) => what !== 'exemption-ignored'), ...firsts];
};

const heedOne = async (tagged: Tagged, change: Change, { exemptions }: Seen, cell: Cell): Promise<Heed> => {
  const { policy, ports } = cell;
  const now = ports.clock.now();
  const known = knownOf(tagged, exemptions, now);
  const verdict = judgeTags(change, tagged, known, policy, now);
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
      return exemption === undefined ? {} : toldOf('exemption-ended', exemption);
    }
    case 'leave': {
      const asked = askedBy(change, verdict.reason, now);
      return toldOf('exempted', await granted(known, tagged, { until: verdict.until, asked }, change));
    }
    default:
      return verdict satisfies never;
  }
};

const toldOf = (what: 'exempted' | 'exemption-ended', exemption: Exemption): Heed => ({
  exemption,
  news: { id: `${what} ${exemption.id} ${exemption.until}`, what, exemption },
});

const ending = (exemption: Exemption): Heed => toldOf('exemption-ended', exemption);

/** Whether a request would exempt something, if it is as the event claims. */
const wouldGrant = (tagged: Tagged, change: Change, { exemptions }: Seen, { policy, ports }: Cell): boolean => {
  const now = ports.clock.now();
  return judgeTags(change, tagged, knownOf(tagged, exemptions, now), policy, now).kind === 'leave';
};

/** What the event claims waits in the ledger; on-schedule asks CloudTrail again. Until then nothing is exempt. */
const postpone = async (change: Change, tagged: readonly Tagged[], because: string, { ports }: Cell): Promise<void> => {
  const { id: eventId, account, region, exemptionTags } = change;
  const since = ports.clock.now();
  const groupId = tagged.flatMap(({ now }) => now?.scope.groupId ?? []).at(0) ?? '';
  const asked = askedBy(change, exemptionTags?.reason ?? '', since);
  await ports.confirmations.wait({ what: 'exemption', eventId, account, region, groupId, since, because, asked });
  ports.journal({ what: 'unconfirmed', change, because });
};

/**
 * The change to go by: what would exempt something counts as CloudTrail has it, not as the event claims. Undefined while CloudTrail does not
 * have it. A request that exempts nothing needs no proof.
 */
const provenChange = async (
  change: Change,
  tagged: readonly Tagged[],
  seen: Seen,
  cell: Cell,
): Promise<Change | undefined> => {
  if (change.confirmed || !tagged.some((one) => wouldGrant(one, change, seen, cell))) return change;
  const answer = await confirm(change, cell.ports);
  if (answer.kind === 'confirmed') return answer.change;
  await postpone(change, tagged, answer.because, cell);
  return undefined;
};

/** What Portcullis gives back carries the tags that it had: they ask for nothing. Throws CallFailed. */
const requested = async (claimed: Change, seen: Seen, cell: Cell): Promise<readonly Heed[]> => {
  if (claimed.exemptionTags === undefined || isOwnGrant(claimed, seen)) return [];
  const named = await taggedBy(claimed, seen.sight, cell.ports);
  const change = await provenChange(claimed, named, seen, cell);
  if (change === undefined) return [];
  const tagged = change === claimed ? named : await taggedBy(change, seen.sight, cell.ports);
  return await Promise.all(tagged.map((one) => heedOne(one, change, seen, cell)));
};

/** Those of some that hold by the ledger's word: one that a person has ended is not revived by an event that comes again. Throws CallFailed. */
const holding = async (some: readonly Exemption[], { ports }: Cell): Promise<readonly Exemption[]> =>
  await ports.exemptions.live(some.flatMap(({ scope }) => scope.groupId ?? []));

/**
 * Takes exemption tags that a change set or deleted for requests, before anything is judged: those of principals that the policy names
 * are put into the ledger once CloudTrail has confirmed who set them, the others are told of, and exempt nothing.
 *
 * @throws CallFailed: then nothing is judged, and the event is tried again.
 */
export const heedTags = async (change: Change, seen: Seen, cell: Cell): Promise<Heeded> => {
  const heeds = [
    ...(await requested(change, seen, cell)),
    ...outdatedBy(change, seen, cell.ports.clock.now()).map(ending),
  ];
  const changed = heeds.flatMap(({ exemption }) => exemption ?? []).filter((one) => !seen.exemptions.includes(one));
  await Promise.all(changed.map((one) => cell.ports.exemptions.put(one)));
  const ids = new Set(changed.map(({ id }) => id));
  const all = [...seen.exemptions.filter(({ id }) => !ids.has(id)), ...changed];
  return {
    exemptions: changed.length === 0 ? all : await holding(all, cell),
    news: together(heeds.flatMap(({ news }) => news ?? [])),
  };
};
