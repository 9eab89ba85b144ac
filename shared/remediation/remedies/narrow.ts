import type { Change } from '../../domain/change.ts';
import type { Finding } from '../../domain/controls/finding.ts';
import type { NarrowTo } from '../../domain/controls/options.ts';
import type { Policy, Trusted } from '../../domain/controls/policy.ts';
import type { Rule } from '../../domain/rule.ts';
import { canonicalKey } from '../../network/canonical.ts';
import { ruleKey } from '../../network/rule-key.ts';
import { actorSources } from './narrow-actor.ts';
import { privateSources, type Sources, trustedSources } from './narrow-sources.ts';
import { withoutPorts } from './narrow-split.ts';

/** Rules that were removed, and everything that tells what may stand in their place. */
export interface NarrowRequest {
  readonly removed: readonly Rule[];
  readonly because: readonly Finding[];
  readonly change: Pick<Change, 'actor' | 'brought'>;
  readonly controls: Policy['controls'];
  readonly trusted: Trusted;
  /** Entries of the trusted prefix lists, as far as they could be read. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  /** CIDR blocks of the group's VPC; undefined where they could not be read. */
  readonly vpcCidrs: readonly string[] | undefined;
}

/** A narrower rule, still without an id, and the way that led to it. */
export interface Offer {
  readonly rule: Rule;
  /** The removed rule. */
  readonly from: Rule;
  readonly to: NarrowTo;
}

/** What could stand in place of the removed rules, and what could not, with the reason. Nothing of it has been judged yet. */
export interface Narrowed {
  readonly offers: readonly Offer[];
  readonly refused: readonly { readonly rule: Rule; readonly reason: string }[];
}

const reasonsFor = (rule: Rule, because: readonly Finding[]): readonly Finding[] =>
  because.filter(({ rules }) => rules.some((named) => ruleKey(named) === ruleKey(rule)));

const withSources = (rule: Rule, to: NarrowTo, found: Sources): Narrowed => {
  if (found.sources.length === 0) return { offers: [], refused: [{ rule, reason: found.reason }] };
  const { id: _, ...content } = rule;
  return { offers: found.sources.map((source) => ({ to, from: rule, rule: { ...content, source } })), refused: [] };
};

const split = (rule: Rule, reasons: readonly Finding[]): Narrowed => {
  const rest = withoutPorts(
    rule,
    reasons.flatMap(({ exposures }) => exposures),
  );
  const reason = 'it has no ports besides those that the controls name';
  return rest.length === 0
    ? { offers: [], refused: [{ rule, reason }] }
    : { offers: rest.map((part) => ({ rule: part, from: rule, to: 'split' })), refused: [] };
};

const along = (to: NarrowTo, rule: Rule, reasons: readonly Finding[], request: NarrowRequest): Narrowed => {
  switch (to) {
    case 'actor':
      return withSources(rule, to, actorSources(rule, reasons, request.change, request.trusted));
    case 'trusted':
      return withSources(rule, to, trustedSources(rule, request.trusted, request.lists));
    case 'private':
      return withSources(rule, to, privateSources(rule, reasons, request.vpcCidrs));
    case 'split':
      return split(rule, reasons);
    default:
      return to satisfies never;
  }
};

/** Whether a control would have closed it by itself: one that only tells people has no say in what comes after. */
const acts =
  (controls: Policy['controls']) =>
  ({ control, freshness }: Finding): boolean => {
    const mode = controls[control]?.[freshness];
    return mode === 'approve' || mode === 'enforce';
  };

const narrowOne = (rule: Rule, request: NarrowRequest): readonly Narrowed[] => {
  const reasons = reasonsFor(rule, request.because);
  const settings = reasons.filter(acts(request.controls)).map(({ control }) => request.controls[control]);
  if (settings.length === 0 || settings.some((one) => one?.remedy !== 'narrow')) return [];
  const ways = new Set(settings.flatMap((one) => one?.narrowTo ?? []));
  if (ways.size > 0) return [...ways].map((to) => along(to, rule, reasons, request));
  return [{ offers: [], refused: [{ rule, reason: 'the policy does not say what to narrow to (narrowTo)' }] }];
};

/**
 * What may be granted in place of rules that were removed: for each that only controls with the remedy `narrow` would close, what their
 * `narrowTo` names. A narrower rule keeps description and tags, and lets in nothing that the removed one did not. Pure; whether a control
 * objects to an offer is for `decide` to say, on the group as it is.
 */
export const narrow = (request: NarrowRequest): Narrowed => {
  const all = request.removed.flatMap((rule) => narrowOne(rule, request));
  const offers = all.flatMap((one) => one.offers);
  const byContent = new Map(offers.toReversed().map((offer) => [canonicalKey(offer.rule), offer]));
  return { offers: [...byContent.values()].toReversed(), refused: all.flatMap(({ refused }) => refused) };
};
