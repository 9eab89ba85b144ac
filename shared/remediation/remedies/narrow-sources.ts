import type { Finding } from '../../domain/controls/finding.ts';
import type { Trusted } from '../../domain/controls/policy.ts';
import type { Rule, Source } from '../../domain/rule.ts';
import { cidrsOf } from '../../network/block.ts';
import { parseCidr } from '../../network/cidr.ts';

/** Sources that may stand in place of a rule's own; where there is none, why. */
export interface Sources {
  readonly sources: readonly Source[];
  readonly reason: string;
}

/**
 * What private networks use: a source that is the world holds them too.
 *
 * @see https://www.rfc-editor.org/rfc/rfc1918
 * @see https://www.rfc-editor.org/rfc/rfc4193
 */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'];

/** A block as a source. */
export const cidrSource = (cidr: string): Source => ({ kind: parseCidr(cidr).family, cidr });

/** Whether one block holds another, or is the same. */
export const holds = (outer: string, inner: string): boolean => {
  const [a, b] = [parseCidr(outer), parseCidr(inner)];
  return a.family === b.family && a.first <= b.first && b.last <= a.last;
};

/** Two blocks are apart, or one holds the other: what they have in common is the smaller one. */
const common = (a: string, b: string): readonly string[] => {
  if (holds(a, b)) return [b];
  return holds(b, a) ? [a] : [];
};

/** The blocks without those that another one of them holds. */
const maximal = (cidrs: readonly string[]): readonly string[] =>
  cidrs.filter(
    (cidr, place) =>
      !cidrs.some((other, at) => at !== place && holds(other, cidr) && (!holds(cidr, other) || at < place)),
  );

const within = (rule: Rule, cidrs: readonly string[]): readonly Source[] => {
  const own = cidrsOf(rule.source);
  return maximal(own.flatMap((block) => cidrs.flatMap((cidr) => common(block, cidr)))).map(cidrSource);
};

const trustedLists = (
  rule: Rule,
  ids: readonly string[],
  lists: ReadonlyMap<string, readonly string[]>,
): readonly Source[] => {
  const own = cidrsOf(rule.source);
  return ids.flatMap((id): readonly Source[] => {
    const cidrs = lists.get(id) ?? [];
    const isWithin = cidrs.length > 0 && cidrs.every((cidr) => own.some((block) => holds(block, cidr)));
    return isWithin ? [{ kind: 'prefix-list', id, cidrs }] : [];
  });
};

/**
 * The trusted blocks and prefix lists, as far as the removed rule let them in. A list counts only where its entries are known, and all
 * of them were let in.
 */
export const trustedSources = (
  rule: Rule,
  { cidrs, prefixListIds }: Trusted,
  lists: ReadonlyMap<string, readonly string[]>,
): Sources => ({
  sources: [...within(rule, cidrs), ...trustedLists(rule, prefixListIds, lists)],
  reason:
    'the rule let in none of the sources that the policy trusts, or the entries of its prefix lists are not known',
});

/**
 * The VPC's blocks and the private ranges, as far as the removed rule let them in. Only for a rule that was there before: nobody can have
 * come to rely on one that the change has just brought.
 */
export const privateSources = (
  rule: Rule,
  reasons: readonly Finding[],
  vpcCidrs: readonly string[] | undefined,
): Sources => {
  if (reasons.some(({ freshness }) => freshness === 'fresh'))
    return { sources: [], reason: 'this change brought it, so no private network relies on it yet' };
  return {
    sources: within(rule, [...PRIVATE, ...(vpcCidrs ?? [])]),
    reason: 'the rule let in no private network',
  };
};
