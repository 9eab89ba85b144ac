import type { Traffic } from '../../domain/finding.ts';
import type { Direction, PortRange, PortSet, Rule } from '../../domain/group.ts';
import { ALL_PORTS, joinRanges, portsOf } from '../ports.ts';
import {
  type AddressBlock,
  cidrsOf,
  parseBlock,
  publicShare,
  type TrustedSpace,
  withoutTrusted,
} from '../public-space.ts';
import { ruleKey } from '../rule-key.ts';

/**
 * A range of positions on the axis of all traffic, both ends included. TCP ports come first, then UDP ports,
 * then the protocols without ports by number. So each rule is one range, and a rule for all traffic is the
 * whole axis.
 */
export type AxisRange = PortRange;

/** Position of the first port of a protocol. */
const START = { tcp: 0, udp: 65_536 } as const;
const PROTOCOLS = 131_072;

/** Positions where a range is cut, so that each part is about one protocol. */
export const AXIS_CUTS: readonly number[] = [START.udp, PROTOCOLS];

const WHOLE_AXIS: AxisRange = { from: 0, to: PROTOCOLS + 255 };

function positionOf(protocol: string): number | undefined {
  const number = Number(protocol);
  return Number.isInteger(number) && number >= 0 && number <= 255 ? PROTOCOLS + number : undefined;
}

/** The traffic of a rule. Undefined for ICMP, which has types instead of ports, and for an empty range. */
export function axisRangeOf(rule: Pick<Rule, 'protocol' | 'fromPort' | 'toPort'>): AxisRange | undefined {
  const { protocol } = rule;
  if (protocol === '-1') return WHOLE_AXIS;
  if (protocol === 'tcp' || protocol === 'udp') {
    const { from, to } = portsOf(rule, protocol) ?? ALL_PORTS;
    return from <= to ? { from: START[protocol] + from, to: START[protocol] + to } : undefined;
  }
  const position = positionOf(protocol);
  return position === undefined ? undefined : { from: position, to: position };
}

function onAxis({ tcp, udp }: PortSet): readonly AxisRange[] {
  return [...tcp, ...udp.map(({ from, to }) => ({ from: from + START.udp, to: to + START.udp }))];
}

function without(holes: readonly AxisRange[]): readonly AxisRange[] {
  const rest: AxisRange[] = [];
  let from = 0;
  for (const hole of joinRanges(holes)) {
    if (hole.from > from) rest.push({ from, to: hole.from - 1 });
    from = hole.to + 1;
  }
  if (from < PROTOCOLS) rest.push({ from, to: PROTOCOLS - 1 });
  return rest;
}

/** The traffic of a question as sorted and disjoint ranges. */
export function askedRanges(traffic: Traffic): readonly AxisRange[] {
  if ('only' in traffic) return onAxis(traffic.only);
  if ('except' in traffic) return without(traffic.except.flatMap(onAxis));
  const position = positionOf(traffic.protocol);
  return position === undefined ? [] : [{ from: position, to: position }];
}

/** The largest number of ports that a range has of one protocol. */
export function portsWide({ from, to }: AxisRange): number {
  return from < PROTOCOLS ? Math.min(to - from + 1, START.udp) : 0;
}

/** The protocol whose ports are at a position; undefined for a protocol without ports. */
export function protocolAt(position: number): 'tcp' | 'udp' | undefined {
  if (position >= PROTOCOLS) return undefined;
  return position < START.udp ? 'tcp' : 'udp';
}

/** The ports of some ranges that are all of one protocol, merged. */
export function portsOn(ranges: readonly AxisRange[], protocol: 'tcp' | 'udp'): readonly PortRange[] {
  const start = START[protocol];
  return joinRanges(ranges.map(({ from, to }) => ({ from: from - start, to: to - start })));
}

/** A rule with its traffic and the address blocks that it names. */
export interface Reach {
  readonly rule: Rule;
  readonly traffic: AxisRange;
  readonly blocks: readonly AddressBlock[];
}

/**
 * The rules of one direction that name at least one block that counts. Block sizes are without trusted
 * addresses.
 */
export function reachesOf(
  rules: readonly Rule[],
  direction: Direction,
  counts: (block: AddressBlock) => boolean,
  trusted?: TrustedSpace,
): readonly Reach[] {
  const reaches: Reach[] = [];
  for (const rule of rules) {
    if (rule.direction !== direction || rule.source.kind === 'group') continue;
    const traffic = axisRangeOf(rule);
    if (traffic === undefined) continue;
    const read = cidrsOf(rule.source).map((text) => parseBlock(text));
    const blocks = (trusted === undefined ? read : read.map((block) => withoutTrusted(block, trusted))).filter(counts);
    if (blocks.length > 0) reaches.push({ rule, traffic, blocks });
  }
  return reaches;
}

/** Whether any address of a block is public. */
export function isPublic({ publicSize }: AddressBlock): boolean {
  return publicSize > 0n;
}

/**
 * Sorts by size, the largest first. The rule's identity breaks ties, so that the order of the rules does not
 * matter.
 */
function ranked(reaches: readonly Reach[], sizeOf: (reach: Reach) => number | bigint): readonly Reach[] {
  return reaches
    .map((reach) => ({ reach, size: sizeOf(reach), key: ruleKey(reach.rule) }))
    .toSorted(
      (a, b) => Number(b.size > a.size) - Number(a.size > b.size) || (a.key < b.key ? -1 : Number(a.key > b.key)),
    )
    .map(({ reach }) => reach);
}

/** Sorts by the share of the public address space, the largest first. */
export function largestFirst(reaches: readonly Reach[]): readonly Reach[] {
  return ranked(reaches, ({ blocks }) =>
    blocks.reduce((sum, { publicSize, family }) => sum + publicShare(publicSize, family), 0),
  );
}

/** Sorts by the size of the source, the largest first. An IPv4 address counts as an IPv6 /32. */
export function widestSourceFirst(reaches: readonly Reach[]): readonly Reach[] {
  return ranked(reaches, ({ blocks }) =>
    blocks.reduce(
      (sum, { family, first, last }) => sum + (last - first + 1n) * (family === 'ipv4' ? 1n << 96n : 1n),
      0n,
    ),
  );
}
