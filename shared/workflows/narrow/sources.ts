import type { Change } from '../../domain/change.ts';
import type { Finding } from '../../domain/finding.ts';
import type { Rule, Source } from '../../domain/group.ts';
import type { Trusted } from '../../domain/policy.ts';
import { BITS, familyOf, parseCidr, readIpv4, readIpv6 } from '../../network/cidr.ts';
import { cidrsOf, publicAddresses } from '../../network/public-space.ts';

/** Sources in place of a rule's own, or the reason why there are none. */
export interface NarrowedSources {
  readonly sources: readonly Source[];
  readonly reason: string;
}

/**
 * Private address ranges; a world-open source includes them.
 *
 * @see https://www.rfc-editor.org/rfc/rfc1918
 * @see https://www.rfc-editor.org/rfc/rfc4193
 */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'];

function cidrSource(cidr: string): Source {
  return { kind: parseCidr(cidr).family, cidr };
}

/** Whether a block contains another one or is the same. */
function holds(outer: string, inner: string): boolean {
  const [a, b] = [parseCidr(outer), parseCidr(inner)];
  return a.family === b.family && a.first <= b.first && b.last <= a.last;
}

/** The common part of two blocks: the smaller one if one contains the other. */
function common(a: string, b: string): readonly string[] {
  if (holds(a, b)) return [b];
  return holds(b, a) ? [a] : [];
}

/** The blocks without those that another block contains. */
function maximal(cidrs: readonly string[]): readonly string[] {
  return cidrs.filter(
    (cidr, place) =>
      !cidrs.some((other, at) => at !== place && holds(other, cidr) && (!holds(cidr, other) || at < place)),
  );
}

function sourcesWithin(rule: Rule, cidrs: readonly string[]): readonly Source[] {
  const own = cidrsOf(rule.source);
  return maximal(own.flatMap((block) => cidrs.flatMap((cidr) => common(block, cidr)))).map(cidrSource);
}

function trustedLists(
  rule: Rule,
  ids: readonly string[],
  lists: ReadonlyMap<string, readonly string[]>,
): readonly Source[] {
  const own = cidrsOf(rule.source);
  return ids.flatMap((id): readonly Source[] => {
    const cidrs = lists.get(id) ?? [];
    const isWithin = cidrs.length > 0 && cidrs.every((cidr) => own.some((block) => holds(block, cidr)));
    return isWithin ? [{ kind: 'prefix-list', id, cidrs }] : [];
  });
}

/**
 * Trusted blocks and prefix lists that the removed rule admitted. A prefix list counts only if its entries
 * are known and the rule admitted all of them.
 */
export function trustedSources(
  rule: Rule,
  { cidrs, prefixListIds }: Trusted,
  lists: ReadonlyMap<string, readonly string[]>,
): NarrowedSources {
  return {
    sources: [...sourcesWithin(rule, cidrs), ...trustedLists(rule, prefixListIds, lists)],
    reason:
      'the rule let in none of the sources that the policy trusts, or the entries of its prefix lists are not known',
  };
}

/**
 * Private ranges and blocks of the VPC that the removed rule admitted. Only for an existing rule, because
 * nobody can rely on a rule that the change has just added.
 */
export function privateSources(
  rule: Rule,
  reasons: readonly Finding[],
  vpcCidrs: readonly string[] | undefined,
): NarrowedSources {
  if (reasons.some(({ freshness }) => freshness === 'fresh'))
    return { sources: [], reason: 'this change added it, so no private network relies on it yet' };
  return {
    sources: sourcesWithin(rule, [...PRIVATE, ...(vpcCidrs ?? [])]),
    reason: 'the rule let in no private network',
  };
}

/**
 * Whether the event says that this actor added the rule. A rule that an earlier attempt left open counts as
 * fresh, but somebody else added it.
 */
function isAddedByActor({ id }: Rule, reasons: readonly Finding[], { added }: Pick<Change, 'added'>): boolean {
  return (
    reasons.every(({ freshness }) => freshness === 'fresh') &&
    added.kind === 'rules' &&
    id !== undefined &&
    added.ids.includes(id)
  );
}

/** The address as a block; undefined if the text is not an address. */
function singleAddress(address: string): string | undefined {
  const isAddress = readIpv4(address) !== undefined || readIpv6(address) !== undefined;
  return isAddress ? `${address}/${BITS[familyOf(address)]}` : undefined;
}

function isPublic(cidr: string): boolean {
  return publicAddresses([parseCidr(cidr)], familyOf(cidr)) === 1n;
}

function objection(cidr: string, rule: Rule, { cidrs, anyActor }: Trusted): string | undefined {
  if (!isPublic(cidr)) return `the change came from ${cidr}, which is no public address`;
  if (!cidrsOf(rule.source).some((block) => holds(block, cidr)))
    return `the change came from ${cidr}, which the rule did not let in`;
  if (!anyActor && !cidrs.some((block) => holds(block, cidr)))
    return `the change came from ${cidr}, which is not among the policy's trusted sources (trusted.cidrs)`;
  return undefined;
}

function noSources(reason: string): NarrowedSources {
  return { sources: [], reason };
}

/**
 * The public address that the change came from, if it is within the trusted blocks or the policy trusts any
 * address. Never for a rule that this actor did not add; otherwise an existing rule would admit whoever
 * touches its group.
 */
export function actorSources(
  rule: Rule,
  reasons: readonly Finding[],
  change: Pick<Change, 'actor' | 'added'>,
  trusted: Trusted,
): NarrowedSources {
  if (rule.direction === 'egress')
    return noSources('it is outbound: the address of who made it says nothing of where it leads');
  if (!isAddedByActor(rule, reasons, change))
    return noSources('the event does not name it as brought by who made the change');
  const cidr = singleAddress(change.actor?.sourceIp ?? '');
  if (cidr === undefined) return noSources('the event does not tell the address that the change came from');
  const reason = objection(cidr, rule, trusted);
  return reason === undefined ? { sources: [cidrSource(cidr)], reason: '' } : noSources(reason);
}
