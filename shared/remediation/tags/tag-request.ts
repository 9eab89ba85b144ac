import type { Change, TagRequest } from '../../domain/change.ts';
import type { Policy } from '../../domain/controls/policy.ts';
import { type Exemption, LONGEST_EXEMPTION_MS } from '../../domain/exemption.ts';
import { EXEMPT_REASON_TAG, EXEMPT_UNTIL_TAG } from '../../domain/exemption-tags.ts';
import { isBlank } from '../../domain/notifications/visible-text.ts';
import { namesActor } from '../../domain/requests/principal.ts';
import { endOf, startOf } from '../../policy/days.ts';
import type { Tagged } from './tagged.ts';

/** What a request comes to: leave until a time for a reason, an end to it, or nothing, and why. */
export type Verdict =
  | { readonly kind: 'leave'; readonly until: number; readonly reason: string }
  | { readonly kind: 'end' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'ignored'; readonly because: string };

const ignored = (because: string): Verdict => ({ kind: 'ignored', because });

/** Why the end of a leave will not do; undefined where it will. */
const objectionTo = (until: string, now: number): string | undefined => {
  const [start, end] = [startOf(until), endOf(until)];
  if (start === undefined || end === undefined)
    return `${EXEMPT_UNTIL_TAG} is no day such as 2026-12-31: ${JSON.stringify(until)}`;
  if (end <= now) return `${EXEMPT_UNTIL_TAG} ${until} is over`;
  return start - now > LONGEST_EXEMPTION_MS ? `${EXEMPT_UNTIL_TAG} ${until} is more than 90 days from now` : undefined;
};

/** The end that is asked for. The day that is 90 days from now ends a little later than 90 days from now. */
const untilOf = (text: string, now: number): number => Math.min(endOf(text) ?? now, now + LONGEST_EXEMPTION_MS);

const wanted = (request: TagRequest, known: Exemption | undefined, now: number): Verdict => {
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
};

/** What of the request the tags do not show: a later call set others, or took them away. */
const overtaken = ({ until, reason }: TagRequest, { tags }: NonNullable<Tagged['now']>): boolean =>
  (until !== undefined && tags[EXEMPT_UNTIL_TAG] !== until) ||
  (reason !== undefined && tags[EXEMPT_REASON_TAG] !== reason);

/** A tag that is there again was set by another call, which has a request of its own. A reason alone takes nothing back. */
const removal = ({ until }: TagRequest, now: Tagged['now'], known: Exemption | undefined): Verdict => {
  const isThere = now !== undefined && Object.hasOwn(now.tags, EXEMPT_UNTIL_TAG);
  return until === undefined || isThere || known === undefined ? { kind: 'nothing' } : { kind: 'end' };
};

/**
 * Judges a request by tags. Only those of principals that the policy names count. The tags that a resource has are no proof of who set
 * them: they only ever speak against a request, when they are others by now. Pure.
 *
 * @param known the leave that an earlier request led to
 * @param at milliseconds since the epoch
 */
export const judgeTags = (
  { actor, exemptionTags: request }: Pick<Change, 'actor' | 'exemptionTags'>,
  { now }: Tagged,
  known: Exemption | undefined,
  { exemptionTagsBy }: Pick<Policy, 'exemptionTagsBy'>,
  at: number,
): Verdict => {
  if (request === undefined) return { kind: 'nothing' };
  if (!exemptionTagsBy.some((pattern) => actor !== undefined && namesActor(pattern, actor)))
    return ignored('the policy does not name the principal under exemptionTagsBy');
  if (request.what === 'removed') return removal(request, now, known);
  if (now === undefined) return ignored('what it names is not there any more');
  if (overtaken(request, now)) return ignored('the tags are others by now');
  if (now.isAnother) return ignored('the rule was modified since it was created');
  return wanted(request, known, at);
};
