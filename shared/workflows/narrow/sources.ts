import type { Change } from '../../domain/change.ts';
import type { Finding } from '../../domain/finding.ts';
import type { Rule, Source } from '../../domain/group.ts';
import type { Trusted } from '../../domain/policy.ts';
import { BITS, familyOf, parseCidr, readIpv4, readIpv6 } from '../../network/cidr.ts';
import { cidrsOf, publicAddresses } from '../../network/public-space.ts';

/** Sources that may stand in place of a rule's own; where there is none, why. */
export interface NarrowedSources {
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
function cidrSource(cidr: string): Source {
  return { kind: parseCidr(cidr).family, cidr };
}

/** Whether one block holds another, or is the same. */
function holds(outer: string, inner: string): boolean {
  const [a, b] = [parseCidr(outer), parseCidr(inner)];
  return a.family === b.family && a.first <= b.first && b.last <= a.last;
}

/** Two blocks are apart, or one holds the other: what they have in common is the smaller one. */
function common(a: string, b: string): readonly string[] {
  if (holds(a, b)) return [b];
  return holds(b, a) ? [a] : [];
}

/** The blocks without those that another one of them holds. */
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
 * The trusted blocks and prefix lists, as far as the removed rule let them in. A list counts only where its entries are known, and all
 * of them were let in.
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
 * The VPC's blocks and the private ranges, as far as the removed rule let them in. Only for a rule that was there before: nobody can have
 * come to rely on one that the change has just brought.
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

/** Whether the event names the rule as this actor's own. A rule that an earlier try left over counts as fresh, and is somebody else's. */
function isAddedByActor({ id }: Rule, reasons: readonly Finding[], { added }: Pick<Change, 'added'>): boolean {
  return (
    reasons.every(({ freshness }) => freshness === 'fresh') &&
    added.kind === 'rules' &&
    id !== undefined &&
    added.ids.includes(id)
  );
}

/** The address as a block of one; undefined where the text is no address. */
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
 * The one address that the change came from: a public one within the trusted blocks, unless the policy trusts any. Never for a rule that
 * this actor did not bring, else whoever touches a group would be let in by what was there before.
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
