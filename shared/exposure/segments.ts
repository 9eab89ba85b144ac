import type { PortRange, PortSet } from '../model/rule.ts';
import { overlap, PORT_PROTOCOLS, portsOf } from './ports.ts';
import type { Reach } from './reach.ts';

/** A run of ports that exactly the same rules reach. */
export interface Segment {
  readonly protocol: 'tcp' | 'udp';
  readonly ports: PortRange;
  readonly reaches: readonly Reach[];
}

interface Span {
  readonly ports: PortRange;
  readonly reach: Reach;
}

const spansOf = (reaches: readonly Reach[], protocol: 'tcp' | 'udp', asked: readonly PortRange[]): readonly Span[] =>
  reaches.flatMap((reach) => {
    const ports = portsOf(reach.rule, protocol);
    if (ports === undefined) return [];
    return asked.flatMap((range) => {
      const common = overlap(ports, range);
      return common === undefined ? [] : [{ ports: common, reach }];
    });
  });

const cut = (spans: readonly Span[], protocol: 'tcp' | 'udp'): readonly Segment[] => {
  const edges = [...new Set(spans.flatMap(({ ports }) => [ports.from, ports.to + 1]))].toSorted((a, b) => a - b);
  const starting = Map.groupBy(spans, ({ ports }) => ports.from);
  const segments: Segment[] = [];
  let live: readonly Span[] = [];
  for (const [i, from] of edges.entries()) {
    live = [...live.filter(({ ports }) => ports.to >= from), ...(starting.get(from) ?? [])];
    const end = edges[i + 1];
    if (end === undefined || live.length === 0) continue;
    segments.push({ protocol, ports: { from, to: end - 1 }, reaches: live.map(({ reach }) => reach) });
  }
  return segments;
};

/** One rule's ports need no cutting. Nearly every group has such a list: the rule that lets everything out. */
const uncut = (spans: readonly Span[], protocol: 'tcp' | 'udp'): readonly Segment[] =>
  spans.map(({ ports, reach }) => ({ protocol, ports, reaches: [reach] }));

/** The asked-for ports that any rule reaches, cut where the set of rules changes. */
export const segmentsOf = (reaches: readonly Reach[], asked: PortSet): readonly Segment[] => {
  const part = reaches.length === 1 ? uncut : cut;
  return PORT_PROTOCOLS.flatMap((protocol) => part(spansOf(reaches, protocol, asked[protocol]), protocol));
};
