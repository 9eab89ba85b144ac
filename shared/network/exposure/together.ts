import type { Neighbours } from '../../domain/control.ts';
import type { Exposure, ExposureQuestion, RuleExposure } from '../../domain/finding.ts';
import type { Group, PortRange, PortSet, Rule } from '../../domain/group.ts';
import { prefixShare } from '../cidr.ts';
import { intersectRanges, joinRanges, PORT_PROTOCOLS, portsOf, subtractRanges } from '../ports.ts';
import { cidrsOf, parseBlock } from '../public-space.ts';

/**
 * What the groups of an interface open to the world together although each group alone is below the
 * threshold.
 */
export interface TogetherOpening {
  /** The rules of the evaluated group that take part. */
  readonly rules: readonly Rule[];
  /** Rules of all the groups that take part. */
  readonly allRules: readonly Rule[];
  readonly exposures: readonly Exposure[];
  /** The other groups that take part, sorted. */
  readonly groupIds: readonly string[];
  readonly interfaceId: string;
  /** Number of interfaces where this happens. */
  readonly interfaces: number;
}

/**
 * A source that is the whole address space is an opening by itself, so it adds nothing to what other groups
 * open.
 */
function isPartOfWorld(cidr: string): boolean {
  return prefixShare(cidr) < 1 && parseBlock(cidr).publicSize > 0n;
}

/**
 * Whether inbound rules name a part of the public address space. Only such rules can add up to the world
 * together with other groups. A prefix list with unknown entries counts as such a rule.
 */
export function mayAddUp(rules: readonly Rule[]): boolean {
  return rules.some(
    ({ direction, source }) =>
      direction === 'ingress' &&
      ((source.kind === 'prefix-list' && source.cidrs === undefined) || cidrsOf(source).some(isPartOfWorld)),
  );
}

function questionAbout(ports: PortSet): ExposureQuestion {
  return { direction: 'ingress', traffic: { only: ports }, allowed: 0, order: 'largest-source' };
}

/**
 * The parts of the inbound rules on ports where the group alone is below the threshold: one rule for each
 * range of such ports. The other ports are open through the group alone, so the group's own findings name
 * them.
 */
function belowThreshold(rules: readonly Rule[], ports: PortSet, exposure: RuleExposure): readonly Rule[] {
  const openings = exposure.of(rules).openings(questionAbout(ports));
  const open = portsIn(openings.flatMap(({ exposures }) => exposures));
  const rest = {
    tcp: subtractRanges(ports.tcp, open.tcp),
    udp: subtractRanges(ports.udp, open.udp),
  };
  return rules
    .filter(({ direction }) => direction === 'ingress')
    .flatMap((rule) => PORT_PROTOCOLS.flatMap((protocol) => cut(rule, protocol, rest[protocol])));
}

function cut(rule: Rule, protocol: 'tcp' | 'udp', ranges: readonly PortRange[]): readonly Rule[] {
  const own = portsOf(rule, protocol);
  const common = own === undefined ? [] : ranges.flatMap((range) => intersectRanges(own, range) ?? []);
  return common.map(({ from, to }) => ({ ...rule, protocol, fromPort: from, toPort: to }));
}

/** The ports on which some rules let in at least a sixteenth of the threshold. */
function substantialPorts(rules: readonly Rule[], ports: PortSet, exposure: RuleExposure): PortSet {
  const openings = exposure.of(rules, 'sixteenth').openings(questionAbout(ports));
  return portsIn(openings.flatMap(({ exposures }) => exposures));
}

function portsIn(exposures: readonly Exposure[]): PortSet {
  const of = (protocol: 'tcp' | 'udp') =>
    joinRanges(exposures.filter((one) => one.protocol === protocol).flatMap(({ ports }) => ports));
  return { tcp: of('tcp'), udp: of('udp') };
}

function isNone({ tcp, udp }: PortSet): boolean {
  return tcp.length + udp.length === 0;
}

/**
 * Whether a group lets in at least a sixteenth of the threshold on one of some ports where it alone is below
 * the threshold. An interface has at most 16 groups, so if groups reach the threshold together, one of them
 * lets in that much.
 */
export function isSubstantial(exposure: RuleExposure, ports: PortSet): boolean {
  if (!exposure.mayAddUp()) return false;
  const { rules } = exposure;
  const partial = rules.filter(({ source }) => cidrsOf(source).some((cidr) => prefixShare(cidr) < 1));
  if (isNone(substantialPorts(partial, ports, exposure))) return false;
  return !isNone(substantialPorts(belowThreshold(rules, ports, exposure), ports, exposure));
}

/**
 * What a group opens together with the other groups of its interfaces, one result for each set of groups. A
 * group is reported only for ports on which it lets in at least a sixteenth of the threshold. So a single
 * office address is not blamed for what large neighbours open.
 */
export function openTogether(
  { rules }: Pick<Group, 'rules'>,
  neighbours: readonly Neighbours[],
  ports: PortSet,
  exposure: RuleExposure,
): readonly TogetherOpening[] {
  if (neighbours.length === 0 || !mayAddUp(rules)) return [];
  const below = belowThreshold(rules, ports, exposure);
  const ours = substantialPorts(below, ports, exposure);
  if (isNone(ours)) return [];
  const known = new Map<string, readonly Rule[]>();
  const partOf = (group: Pick<Group, 'id' | 'rules'>): readonly Rule[] => {
    const part = known.get(group.id) ?? belowThreshold(group.rules, ours, exposure);
    known.set(group.id, part);
    return part;
  };
  return neighbours.flatMap(({ interfaceId, interfaces, groups }) => {
    const openings = exposure.of([...below, ...groups.flatMap(partOf)]).openings(questionAbout(ours));
    if (openings.length === 0) return [];
    const exposures = joined(openings.flatMap((opening) => opening.exposures));
    const open = portsIn(exposures);
    const takingPart = groups.filter((group) => exposure.of(partOf(group)).contributing(open).length > 0);
    const own = exposure.of(rules).contributing(open);
    const others = takingPart.flatMap((group) => exposure.of(group.rules).contributing(open));
    return [
      {
        rules: own,
        allRules: [...own, ...others],
        exposures,
        groupIds: takingPart.map(({ id }) => id).toSorted(),
        interfaceId,
        interfaces,
      },
    ];
  });
}

/** One exposure for each protocol, with the largest share. */
export function joined(exposures: readonly Exposure[]): readonly Exposure[] {
  return PORT_PROTOCOLS.flatMap((protocol) => {
    const some = exposures.filter((one) => one.protocol === protocol);
    if (some.length === 0) return [];
    const share = Math.max(...some.map((one) => one.share));
    return [{ protocol, ports: joinRanges(some.flatMap(({ ports }) => ports)), share }];
  });
}
