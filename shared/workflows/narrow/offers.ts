import type { Change } from '../../domain/change.ts';
import type { NarrowTo } from '../../domain/control-options.ts';
import type { Exposure, Finding } from '../../domain/finding.ts';
import type { Rule } from '../../domain/group.ts';
import type { Policy, Trusted } from '../../domain/policy.ts';
import { PORT_PROTOCOLS, portsOf, subtractRanges } from '../../network/ports.ts';
import { canonicalKey, ruleKey } from '../../network/rule-key.ts';
import { actorSources, type NarrowedSources, privateSources, trustedSources } from './sources.ts';

/**
 * A rule without some of its ports, as one rule for each range that is left; none where no port of it is left, or none was named. What a
 * rule for all traffic lets in besides TCP and UDP is left out: no control names it, and nobody asked for it by name.
 */
export function withoutPorts(rule: Rule, named: readonly Exposure[]): readonly Rule[] {
  if (named.length === 0) return [];
  const { id: _, ...content } = rule;
  return PORT_PROTOCOLS.flatMap((protocol) => {
    const own = portsOf(rule, protocol);
    const holes = named.filter((exposure) => exposure.protocol === protocol).flatMap(({ ports }) => ports);
    return own === undefined
      ? []
      : subtractRanges([own], holes).map(({ from, to }) => ({ ...content, protocol, fromPort: from, toPort: to }));
  });
}

/** Rules that were removed, and everything that tells what may stand in their place. */
export interface NarrowRequest {
  readonly removed: readonly Rule[];
  readonly because: readonly Finding[];
  readonly change: Pick<Change, 'actor' | 'added'>;
  readonly controls: Policy['controls'];
  readonly trusted: Trusted;
  /** Entries of the trusted prefix lists, as far as they could be read. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  /** CIDR blocks of the group's VPC; undefined where they could not be read. */
  readonly vpcCidrs: readonly string[] | undefined;
}

/** A narrower rule, still without an id, and the way that led to it. */
export interface NarrowOffer {
  readonly rule: Rule;
  /** The removed rule. */
  readonly from: Rule;
  readonly to: NarrowTo;
}

/** What could stand in place of the removed rules, and what could not, with the reason. Nothing of it has been judged yet. */
export interface NarrowResult {
  readonly offers: readonly NarrowOffer[];
  readonly refused: readonly { readonly rule: Rule; readonly reason: string }[];
}

function reasonsFor(rule: Rule, because: readonly Finding[]): readonly Finding[] {
  return because.filter(({ rules }) => rules.some((named) => ruleKey(named) === ruleKey(rule)));
}

function withSources(rule: Rule, to: NarrowTo, found: NarrowedSources): NarrowResult {
  if (found.sources.length === 0) return { offers: [], refused: [{ rule, reason: found.reason }] };
  const { id: _, ...content } = rule;
  return { offers: found.sources.map((source) => ({ to, from: rule, rule: { ...content, source } })), refused: [] };
}

function split(rule: Rule, reasons: readonly Finding[]): NarrowResult {
  const rest = withoutPorts(
    rule,
    reasons.flatMap(({ exposures }) => exposures),
  );
  const reason = 'it has no ports besides those that the controls name';
  return rest.length === 0
    ? { offers: [], refused: [{ rule, reason }] }
    : { offers: rest.map((part) => ({ rule: part, from: rule, to: 'split' })), refused: [] };
}

function narrowTo(to: NarrowTo, rule: Rule, reasons: readonly Finding[], request: NarrowRequest): NarrowResult {
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
}

/** Whether a control would have closed it by itself: one that only tells people has no say in what comes after. */
function removesByItself(controls: Policy['controls']) {
  return ({ control, freshness }: Finding): boolean => {
    const mode = controls[control]?.[freshness];
    return mode === 'approve' || mode === 'enforce';
  };
}

function narrowOne(rule: Rule, request: NarrowRequest): readonly NarrowResult[] {
  const reasons = reasonsFor(rule, request.because);
  const settings = reasons.filter(removesByItself(request.controls)).map(({ control }) => request.controls[control]);
  if (settings.length === 0 || settings.some((one) => one?.remedy !== 'narrow')) return [];
  const ways = new Set(settings.flatMap((one) => one?.narrowTo ?? []));
  if (ways.size > 0) return [...ways].map((to) => narrowTo(to, rule, reasons, request));
  return [{ offers: [], refused: [{ rule, reason: 'the policy does not say what to narrow to (narrowTo)' }] }];
}

/**
 * What may be granted in place of rules that were removed: for each that only controls with the remedy `narrow` would close, what their
 * `narrowTo` names. A narrower rule keeps description and tags, and lets in nothing that the removed one did not. Pure; whether a control
 * objects to an offer is for `decide` to say, on the group as it is.
 */
export function narrow(request: NarrowRequest): NarrowResult {
  const all = request.removed.flatMap((rule) => narrowOne(rule, request));
  const offers = all.flatMap((one) => one.offers);
  const byContent = new Map(offers.toReversed().map((offer) => [canonicalKey(offer.rule), offer]));
  return { offers: [...byContent.values()].toReversed(), refused: all.flatMap(({ refused }) => refused) };
}
