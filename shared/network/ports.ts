import type { PortRange, PortSet, Rule } from '../domain/group.ts';

/** Protocols with ports. */
export const PORT_PROTOCOLS = ['tcp', 'udp'] as const;

/** Every port. */
export const ALL_PORTS: PortRange = { from: 0, to: 65_535 };

/**
 * The ports that a rule opens for a protocol: all ports for protocol -1, and if EC2 states -1 or nothing.
 * Undefined if the rule is about another protocol. For ICMP the same fields hold type and code.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
 */
export function portsOf(
  rule: Pick<Rule, 'protocol' | 'fromPort' | 'toPort'>,
  protocol: 'tcp' | 'udp',
): PortRange | undefined {
  if (rule.protocol === '-1') return ALL_PORTS;
  if (rule.protocol !== protocol) return undefined;
  const from = rule.fromPort ?? -1;
  const to = rule.toPort ?? from;
  if (from < 0) return ALL_PORTS;
  return { from, to: to < 0 ? ALL_PORTS.to : to };
}

/** The common part of two ranges; undefined if they have none. */
export function intersectRanges(a: PortRange, b: PortRange): PortRange | undefined {
  const from = Math.max(a.from, b.from);
  const to = Math.min(a.to, b.to);
  return from <= to ? { from, to } : undefined;
}

/** The same ports as sorted and disjoint ranges. */
export function joinRanges(ranges: readonly PortRange[]): readonly PortRange[] {
  const joined: PortRange[] = [];
  for (const next of ranges.toSorted((a, b) => a.from - b.from)) {
    const top = joined.at(-1);
    if (top === undefined || next.from > top.to + 1) joined.push(next);
    else if (next.to > top.to) joined[joined.length - 1] = { from: top.from, to: next.to };
  }
  return joined;
}

/** The ports of some ranges that are not in the holes. */
export function subtractRanges(ranges: readonly PortRange[], holes: readonly PortRange[]): readonly PortRange[] {
  return holes.reduce<readonly PortRange[]>(
    (rest, hole) =>
      rest.flatMap((range) =>
        intersectRanges(range, hole) === undefined
          ? [range]
          : [
              { from: range.from, to: hole.from - 1 },
              { from: hole.to + 1, to: range.to },
            ].filter(({ from, to }) => from <= to),
      ),
    joinRanges(ranges),
  );
}

/** Number of ports in disjoint ranges. */
export function countPorts(ranges: readonly PortRange[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}

/** The ports of several sets together. */
export function unionPorts(sets: readonly PortSet[]): PortSet {
  return {
    tcp: joinRanges(sets.flatMap(({ tcp }) => tcp)),
    udp: joinRanges(sets.flatMap(({ udp }) => udp)),
  };
}
