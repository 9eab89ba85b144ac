import type { Peer, Subject } from '../../domain/control.ts';
import type { Admission, Layer, TierSource, Tiers } from '../../domain/control-options.ts';
import type { Rule, Source } from '../../domain/group.ts';
import { sanitize } from '../../network/format.ts';
import { joinRanges, portsOf, subtractRanges } from '../../network/ports.ts';
import { parseBlock } from '../../network/public-space.ts';
import { sourceText } from '../../network/rule-key.ts';

/** Whose layer is which, as far as rules name groups. */
export interface PeerLayers {
  readonly peers: ReadonlyMap<string, Peer>;
  /** Tag key that names the layer. */
  readonly tag: string;
}

/** Layer of a group that a rule names; undefined where it has none, is gone, or cannot be read. */
function layerOf(groupId: string, { peers, tag }: PeerLayers): string | undefined {
  const peer = peers.get(groupId);
  if (peer === undefined || peer === 'gone' || peer === 'foreign') return undefined;
  return Object.hasOwn(peer.tags, tag) ? peer.tags[tag] : undefined;
}

function isBlockWithin(inner: string, outer: string): boolean {
  const [a, b] = [parseBlock(inner), parseBlock(outer)];
  return a.family === b.family && b.first <= a.first && a.last <= b.last;
}

function isWithinAny(cidr: string, from: readonly TierSource[]): boolean {
  return from.some((one) => one.kind === 'cidr' && isBlockWithin(cidr, one.cidr));
}

function isNamed(id: string, from: readonly TierSource[]): boolean {
  return from.some((one) => one.kind === 'id' && one.id === id);
}

/** Whether a source is among those that are let in. A prefix list whose entries are unknown is not objected to. */
export function admitsSource(from: readonly TierSource[], source: Source, neighbours: PeerLayers): boolean {
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
}

/**
 * Whether some admissions, which all let the rule's source in, cover its traffic. One without ports covers everything. Of the others
 * the ports add up; ICMP needs none, and a protocol without ports is covered by none.
 */
export function coversTraffic(admissions: readonly Admission[], rule: Rule): boolean {
  const limits = admissions.flatMap(({ ports }) => (ports === undefined ? [] : [ports]));
  if (limits.length < admissions.length) return true;
  if (rule.protocol === 'icmp' || rule.protocol === 'icmpv6') return limits.length > 0;
  if (rule.protocol !== 'tcp' && rule.protocol !== 'udp') return false;
  const { protocol } = rule;
  const asked = portsOf(rule, protocol);
  const open = joinRanges(limits.flatMap((ports) => ports[protocol]));
  return asked !== undefined && subtractRanges([asked], open).length === 0;
}

/** Sources named before the rest is counted. */
const MOST_SOURCES = 5;

function isStale({ source }: Rule, peers: ReadonlyMap<string, Peer>): boolean {
  return source.kind === 'group' && peers.get(source.groupId) === 'gone';
}

/** Whether the tier map lets a rule be. A rule that names what is gone lets nobody in: stale-reference speaks of it. */
function isAllowed(rule: Rule, layer: Layer, tiers: Tiers, { group, facts }: Subject<'peers'>): boolean {
  const { source } = rule;
  if (isStale(rule, facts.peers)) return true;
  if (layer.within && source.kind === 'group' && source.groupId === group.id) return true;
  const neighbours = { peers: facts.peers, tag: tiers.tag };
  const admissions: readonly Admission[] = [layer, ...tiers.everywhere];
  return coversTraffic(
    admissions.filter(({ from }) => admitsSource(from, source, neighbours)),
    rule,
  );
}

/** `sg-… (layer web)` */
function describeSource({ source }: Rule, tag: string, peers: ReadonlyMap<string, Peer>): string {
  const peer = source.kind === 'group' ? peers.get(source.groupId) : undefined;
  if (peer === undefined || peer === 'gone') return sanitize(sourceText(source));
  if (peer === 'foreign') return `${sourceText(source)} (another account's)`;
  const layer = Object.hasOwn(peer.tags, tag) ? peer.tags[tag] : undefined;
  return `${peer.id} (${layer === undefined ? 'of no layer' : `layer ${sanitize(layer)}`})`;
}

/** Which layer lets in what, in words. */
export function describeForbiddenSources(
  rules: readonly Rule[],
  name: string,
  tiers: Tiers,
  peers: ReadonlyMap<string, Peer>,
): string {
  const sources = [...new Set(rules.map((rule) => describeSource(rule, tiers.tag, peers)))];
  const more = sources.length > MOST_SOURCES ? [`${sources.length - MOST_SOURCES} more`] : [];
  return `the layer ${sanitize(name)} lets in what the tier map does not allow: ${[...sources.slice(0, MOST_SOURCES), ...more].join(', ')}`;
}

/** Inbound rules of a group of a layer that the tier map does not allow. */
export function forbiddenRules(subject: Subject<'peers'>, layer: Layer, tiers: Tiers): readonly Rule[] {
  return subject.group.rules.filter((rule) => rule.direction === 'ingress' && !isAllowed(rule, layer, tiers, subject));
}
