import type { Subject } from '../../domain/controls/control.ts';
import type { Peer } from '../../domain/controls/facts.ts';
import type { Admission, Layer, Tiers } from '../../domain/controls/tiers.ts';
import type { Rule } from '../../domain/rule.ts';
import { sourceText } from '../../network/rule-key.ts';
import { plain } from '../../network/text/format.ts';
import { admitsSource, coversTraffic } from './admissions.ts';

/** Sources named before the rest is counted. */
const MOST_SOURCES = 5;

const isStale = ({ source }: Rule, peers: ReadonlyMap<string, Peer>): boolean =>
  source.kind === 'group' && peers.get(source.groupId) === 'gone';

/** Whether the tier map lets a rule be. A rule that names what is gone lets nobody in: stale-reference speaks of it. */
const isAllowed = (rule: Rule, layer: Layer, tiers: Tiers, { group, facts }: Subject<'peers'>): boolean => {
  const { source } = rule;
  if (isStale(rule, facts.peers)) return true;
  if (layer.within && source.kind === 'group' && source.groupId === group.id) return true;
  const neighbours = { peers: facts.peers, tag: tiers.tag };
  const admissions: readonly Admission[] = [layer, ...tiers.everywhere];
  return coversTraffic(
    admissions.filter(({ from }) => admitsSource(from, source, neighbours)),
    rule,
  );
};

/** `sg-… (layer web)` */
const shown = ({ source }: Rule, tag: string, peers: ReadonlyMap<string, Peer>): string => {
  const peer = source.kind === 'group' ? peers.get(source.groupId) : undefined;
  if (peer === undefined || peer === 'gone') return plain(sourceText(source));
  if (peer === 'foreign') return `${sourceText(source)} (another account's)`;
  const layer = Object.hasOwn(peer.tags, tag) ? peer.tags[tag] : undefined;
  return `${peer.id} (${layer === undefined ? 'of no layer' : `layer ${plain(layer)}`})`;
};

/** Which layer lets in what, in words. */
export const intruders = (
  rules: readonly Rule[],
  name: string,
  tiers: Tiers,
  peers: ReadonlyMap<string, Peer>,
): string => {
  const sources = [...new Set(rules.map((rule) => shown(rule, tiers.tag, peers)))];
  const more = sources.length > MOST_SOURCES ? [`${sources.length - MOST_SOURCES} more`] : [];
  return `the layer ${plain(name)} lets in what the tier map does not allow: ${[...sources.slice(0, MOST_SOURCES), ...more].join(', ')}`;
};

/** Inbound rules of a group of a layer that the tier map does not allow. */
export const againstMap = (subject: Subject<'peers'>, layer: Layer, tiers: Tiers): readonly Rule[] =>
  subject.group.rules.filter((rule) => rule.direction === 'ingress' && !isAllowed(rule, layer, tiers, subject));
