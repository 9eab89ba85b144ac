import type { Peer, Subject } from '../../domain/control.ts';
import type { Admission, Layer, TierSource, Tiers } from '../../domain/control-options.ts';
import type { Rule, Source } from '../../domain/group.ts';
import { sanitize } from '../../network/format.ts';
import { joinRanges, portsOf, subtractRanges } from '../../network/ports.ts';
import { parseBlock } from '../../network/public-space.ts';
import { sourceText } from '../../network/rule-key.ts';
import { listFirst } from './common.ts';

/** The groups that rules name, and the tag that has their layer. */
export interface PeerLayers {
  readonly peers: ReadonlyMap<string, Peer>;
  /** Key of the tag whose value is the layer. */
  readonly tag: string;
}

/**
 * The layer of a group that a rule names. Undefined if the group has no layer, is deleted or cannot be read.
 */
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

/** Whether a source is allowed. A prefix list with unknown entries is allowed. */
export function admitsSource(from: readonly TierSource[], source: Source, layers: PeerLayers): boolean {
  const isPublic = from.some(({ kind }) => kind === 'world');
  switch (source.kind) {
    case 'ipv4':
    case 'ipv6':
      return isPublic || isWithinAny(source.cidr, from);
    case 'prefix-list':
      return isPublic || isNamed(source.id, from) || (source.cidrs ?? []).every((cidr) => isWithinAny(cidr, from));
    case 'group': {
      const layer = layerOf(source.groupId, layers);
      return isNamed(source.groupId, from) || from.some((one) => one.kind === 'layer' && one.name === layer);
    }
    default:
      return source satisfies never;
  }
}

/**
 * Whether admissions for the rule's source cover its traffic. An admission without ports covers all traffic.
 * The ports of the others add up. Any of them covers ICMP, and none covers a protocol without ports.
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

/** Largest number of sources that a text names. */
const MAX_SOURCES = 5;

function isStale({ source }: Rule, peers: ReadonlyMap<string, Peer>): boolean {
  return source.kind === 'group' && peers.get(source.groupId) === 'gone';
}

/**
 * Whether the tier map allows a rule. A rule that names a deleted group lets nobody in; stale-reference
 * reports it.
 */
function isAllowed(rule: Rule, layer: Layer, tiers: Tiers, { group, facts }: Subject<'peers'>): boolean {
  const { source } = rule;
  if (isStale(rule, facts.peers)) return true;
  if (layer.within && source.kind === 'group' && source.groupId === group.id) return true;
  const layers = { peers: facts.peers, tag: tiers.tag };
  const admissions: readonly Admission[] = [layer, ...tiers.everywhere];
  return coversTraffic(
    admissions.filter(({ from }) => admitsSource(from, source, layers)),
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

/** Says which sources a layer lets in although the tier map does not allow them. */
export function describeForbiddenSources(
  rules: readonly Rule[],
  name: string,
  tiers: Tiers,
  peers: ReadonlyMap<string, Peer>,
): string {
  const sources = [...new Set(rules.map((rule) => describeSource(rule, tiers.tag, peers)))];
  return `the layer ${sanitize(name)} lets in what the tier map does not allow: ${listFirst(sources, MAX_SOURCES)}`;
}

/** The inbound rules of a group that the tier map does not allow. */
export function forbiddenRules(subject: Subject<'peers'>, layer: Layer, tiers: Tiers): readonly Rule[] {
  return subject.group.rules.filter((rule) => rule.direction === 'ingress' && !isAllowed(rule, layer, tiers, subject));
}
