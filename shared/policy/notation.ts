import { InputInvalid } from '../domain/errors.ts';
import type { PortRange, PortSet, RuleContent, Source } from '../domain/group.ts';
import { familyOf, parseCidr } from '../network/cidr.ts';
import { intersectRanges, joinRanges, subtractRanges } from '../network/ports.ts';

/** The empty set. */
export const NO_PORTS: PortSet = { tcp: [], udp: [] };

/** An entry in a list of ports: `22`, `5900-5906`, `udp/11211`. */
export type PortEntry = number | string;

interface ParsedPorts {
  readonly protocol: 'tcp' | 'udp';
  readonly range: PortRange;
}

/** The form of an entry. The default protocol is tcp. */
export const PORT_PATTERN = /^(?:(tcp|udp)\/)?(\d{1,5})(?:-(\d{1,5}))?$/;

/** Reads an entry. Returns undefined if it is not a port or an ascending range. */
export function readPorts(entry: PortEntry): ParsedPorts | undefined {
  const match = PORT_PATTERN.exec(String(entry));
  if (match === null) return undefined;
  const from = Number(match[2]);
  const to = Number(match[3] ?? match[2]);
  return from <= to && to <= 65_535 ? { protocol: match[1] === 'udp' ? 'udp' : 'tcp', range: { from, to } } : undefined;
}

/** Whether a set and an entry share a port. */
export function holdsAny(set: PortSet, entry: PortEntry): boolean {
  const ports = readPorts(entry);
  return ports !== undefined && set[ports.protocol].some((range) => intersectRanges(range, ports.range) !== undefined);
}

/** A change to a control's default ports: a list that replaces them, or ports to add and to remove. */
export type PortEdit =
  | readonly PortEntry[]
  | { readonly add?: readonly PortEntry[] | undefined; readonly remove?: readonly PortEntry[] | undefined };

/** Applies an edit with valid entries. A port in both `add` and `remove` is removed. */
export function editPorts(shipped: PortSet, edit: PortEdit): PortSet {
  if ('length' in edit) return setOf(edit);
  const added = setOf(edit.add ?? []);
  const removed = setOf(edit.remove ?? []);
  const of = (protocol: 'tcp' | 'udp') => subtractRanges([...shipped[protocol], ...added[protocol]], removed[protocol]);
  return { tcp: of('tcp'), udp: of('udp') };
}

function setOf(entries: readonly PortEntry[]): PortSet {
  const ports = entries.flatMap((entry) => readPorts(entry) ?? []);
  const of = (protocol: 'tcp' | 'udp') =>
    joinRanges(ports.flatMap((one) => (one.protocol === protocol ? [one.range] : [])));
  return { tcp: of('tcp'), udp: of('udp') };
}

/**
 * A CIDR block as EC2 states it: without host bits, and IPv6 in short form.
 *
 * @throws InputInvalid if the text is not a CIDR block.
 */
export function canonicalCidr(text: string): string {
  const { family, first, prefix } = parseCidr(text);
  return `${family === 'ipv4' ? ipv4Text(first) : ipv6Text(first)}/${prefix}`;
}

function ipv4Text(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
}

/**
 * Lower case, without leading zeros. `::` replaces the first longest run of zero groups.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5952
 */
function ipv6Text(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, place) => ((value >> BigInt(112 - 16 * place)) & 0xffffn).toString(16));
  const text = groups.join(':');
  const runs = [...text.matchAll(/\b0(?::0)+\b/g)].map(([run]) => run);
  const longest = runs.toSorted((a, b) => b.length - a.length)[0];
  if (longest === undefined) return text;
  const at = text.search(new RegExp(`\\b${longest}\\b`));
  return `${text.slice(0, at).replace(/:$/, '')}::${text.slice(at + longest.length).replace(/^:/, '')}`;
}

const FORM = /^(?:(ingress|egress) +)?(\S.*?) +(from|to) +(\S+)$/;

/**
 * Reads a rule in the form that reports print: `tcp 22 from 203.0.113.0/24`, `udp 5000-5100 from pl-…`, `all
 * traffic to 0.0.0.0/0`, `icmp from sg-…`, `protocol 47 from 10.0.0.0/8`. `from` means inbound, `to`
 * outbound. Removes host bits. Returns undefined for any other text.
 */
export function readRule(text: string): RuleContent | undefined {
  const [, stated, traffic = '', word, address = ''] = FORM.exec(text.trim()) ?? [];
  const direction = word === 'to' ? 'egress' : 'ingress';
  const parsed = trafficOf(traffic.replaceAll(/ +/g, ' '));
  const source = sourceOf(address);
  if (parsed === undefined || source === undefined || (stated !== undefined && stated !== direction)) return undefined;
  return { direction, ...parsed, source };
}

type WrittenTraffic = Pick<RuleContent, 'protocol' | 'fromPort' | 'toPort'>;

/** Protocols that EC2 states by name. */
const NAMED: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'icmpv6' };

/** The forms of traffic. */
const TRAFFIC: readonly (readonly [form: RegExp, read: (parts: readonly string[]) => WrittenTraffic | undefined])[] = [
  [/^all traffic$/, () => allPorts('-1')],
  [/^(tcp|udp) all ports$/, ([protocol = '']) => ({ protocol, fromPort: 0, toPort: 65_535 })],
  [/^(tcp|udp) (\d{1,5})$/, ([protocol = '', port = '']) => portRange(protocol, port, port)],
  [/^(tcp|udp) (\d{1,5})-(\d{1,5})$/, ([protocol = '', first = '', last = '']) => portRange(protocol, first, last)],
  [/^(icmp|icmpv6)$/, ([protocol = '']) => allPorts(protocol)],
  [
    /^(icmp|icmpv6) type (\d{1,3}) code (-1|\d{1,3})$/,
    ([protocol = '', type, code]) => ({ protocol, fromPort: Number(type), toPort: Number(code) }),
  ],
  [
    /^protocol (\d{1,3})$/,
    ([number = '']) => (Number(number) > 255 || number in NAMED ? undefined : allPorts(String(Number(number)))),
  ],
];

function allPorts(protocol: string): WrittenTraffic {
  return { protocol, fromPort: -1, toPort: -1 };
}

function portRange(protocol: string, first: string, last: string): WrittenTraffic | undefined {
  const [fromPort, toPort] = [Number(first), Number(last)];
  return fromPort <= toPort && toPort <= 65_535 ? { protocol, fromPort, toPort } : undefined;
}

function trafficOf(text: string): WrittenTraffic | undefined {
  for (const [form, read] of TRAFFIC) {
    const match = form.exec(text);
    if (match !== null) return read(match.slice(1));
  }
  return undefined;
}

function sourceOf(text: string): Source | undefined {
  if (/^sg-[0-9a-f]{8,17}$/.test(text)) return { kind: 'group', groupId: text };
  if (/^pl-[0-9a-f]{8,17}$/.test(text)) return { kind: 'prefix-list', id: text };
  try {
    return { kind: familyOf(text), cidr: canonicalCidr(text) };
  } catch (error) {
    if (error instanceof InputInvalid) return undefined;
    throw error;
  }
}
