import type { Peer } from '../../domain/controls/facts.ts';
import type { Admission, TierSource } from '../../domain/controls/tiers.ts';
import type { Rule, Source } from '../../domain/rule.ts';
import { blockOf } from '../../network/block.ts';
import { joinRanges, portsOf, withoutRanges } from '../../network/ports.ts';

/** Whose layer is which, as far as rules name groups. */
export interface Neighbours {
  readonly peers: ReadonlyMap<string, Peer>;
  /** Tag key that names the layer. */
  readonly tag: string;
}

/** Layer of a group that a rule names; undefined where it has none, is gone, or cannot be read. */
const layerOf = (groupId: string, { peers, tag }: Neighbours): string | undefined => {
  const peer = peers.get(groupId);
  if (peer === undefined || peer === 'gone' || peer === 'foreign') return undefined;
  return Object.hasOwn(peer.tags, tag) ? peer.tags[tag] : undefined;
};

const isWithin = (inner: string, outer: string): boolean => {
  const [a, b] = [blockOf(inner), blockOf(outer)];
  return a.family === b.family && b.first <= a.first && a.last <= b.last;
};

const isWithinAny = (cidr: string, from: readonly TierSource[]): boolean =>
  from.some((one) => one.kind === 'cidr' && isWithin(cidr, one.cidr));

const isNamed = (id: string, from: readonly TierSource[]): boolean =>
  from.some((one) => one.kind === 'id' && one.id === id);

/** Whether a source is among those that are let in. A prefix list whose entries are unknown is not objected to. */
export const admitsSource = (from: readonly TierSource[], source: Source, neighbours: Neighbours): boolean => {
  const isPublic = from.some(({ kind }) => kind === 'world');
  switch (source.kind) {
    case 'ipv4':
    case 'ipv6':
      return isPublic || isWithinAny(source.cidr, from);
    case 'prefix-list':
      return isPublic || isNamed(source.id, from) || (source.cidrs ?? []).every((cidr) => isWithinAny(cidr, from));
    case 'group': {
      const layer = layerOf(source.groupId, neighbours);
      return isNamed(source.groupId, from) || from.some((one) => one.kind === 'layer' && one.name === layer);
    }
    default:
      return source satisfies never;
  }
};

/**
 * Whether some admissions, which all let the rule's source in, cover its traffic. One without ports covers everything. Of the others
 * the ports add up; ICMP needs none, and a protocol without ports is covered by none.
 */
export const coversTraffic = (admissions: readonly Admission[], rule: Rule): boolean => {
  const limits = admissions.flatMap(({ ports }) => (ports === undefined ? [] : [ports]));
  if (limits.length < admissions.length) return true;
  if (rule.protocol === 'icmp' || rule.protocol === 'icmpv6') return limits.length > 0;
  if (rule.protocol !== 'tcp' && rule.protocol !== 'udp') return false;
  const { protocol } = rule;
  const asked = portsOf(rule, protocol);
  const open = joinRanges(limits.flatMap((ports) => ports[protocol]));
  return asked !== undefined && withoutRanges([asked], open).length === 0;
};
