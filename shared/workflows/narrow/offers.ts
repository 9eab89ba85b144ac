import type { Change } from '../../domain/change.ts';
import type { NarrowTo } from '../../domain/control-options.ts';
import type { Exposure, Finding } from '../../domain/finding.ts';
import type { Rule } from '../../domain/group.ts';
import type { Policy, Trusted } from '../../domain/policy.ts';
import { PORT_PROTOCOLS, portsOf, subtractRanges } from '../../network/ports.ts';
import { canonicalKey, ruleKey } from '../../network/rule-key.ts';
import { actorSources, type NarrowedSources, privateSources, trustedSources } from './sources.ts';

/**
 * The rule without the named ports, as one rule for each range that is left. Empty if no port is left or none
 * was named. Protocols other than TCP and UDP in a rule for all traffic are left out, because no control
 * names them and nobody asked for them by name.
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

/** Removed rules, and what the narrower rules depend on. */
export interface NarrowRequest {
  readonly removed: readonly Rule[];
  readonly because: readonly Finding[];
  readonly change: Pick<Change, 'actor' | 'added'>;
  readonly controls: Policy['controls'];
  readonly trusted: Trusted;
  /** Entries of the trusted prefix lists that could be read. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  /** CIDR blocks of the group's VPC; undefined if they could not be read. */
  readonly vpcCidrs: readonly string[] | undefined;
}

/** A narrower rule without an id, and how it was narrowed. */
export interface NarrowOffer {
  readonly rule: Rule;
  /** The removed rule. */
  readonly from: Rule;
  readonly to: NarrowTo;
}

/**
 * Rules that could be granted in place of the removed ones, and rules with no such offer. No control has
 * evaluated the offers.
 */
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
  const reason = 'the controls name all ports of the rule, so no port is left';
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

/** Whether a control would remove the rule by itself. Controls that only alert do not count. */
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
 * Narrower rules in place of removed rules, as `narrowTo` says. Only for rules that nothing but controls with
 * the remedy `narrow` would remove. A narrower rule keeps description and tags, and admits nothing that the
 * removed rule did not admit. The caller has the controls evaluate the offers. Pure.
 */
export function narrow(request: NarrowRequest): NarrowResult {
  const all = request.removed.flatMap((rule) => narrowOne(rule, request));
  const offers = all.flatMap((one) => one.offers);
  const byContent = new Map(offers.toReversed().map((offer) => [canonicalKey(offer.rule), offer]));
  return { offers: [...byContent.values()].toReversed(), refused: all.flatMap(({ refused }) => refused) };
}
