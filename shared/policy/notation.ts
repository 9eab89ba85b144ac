import { InputInvalid } from '../domain/errors.ts';
import type { PortRange, PortSet, RuleContent, Source } from '../domain/group.ts';
import { familyOf, parseCidr } from '../network/cidr.ts';
import { intersectRanges, joinRanges, subtractRanges } from '../network/ports.ts';

/** A set to start from where there is none. */
export const NO_PORTS: PortSet = { tcp: [], udp: [] };

/** One entry of a list of ports. */
export type PortEntry = number | string;

interface ParsedPorts {
  readonly protocol: 'tcp' | 'udp';
  readonly range: PortRange;
}

/** How ports are written: `22`, `5900-5906`, `udp/11211`; tcp where no protocol is named. */
export const PORT_PATTERN = /^(?:(tcp|udp)\/)?(\d{1,5})(?:-(\d{1,5}))?$/;

/** Reads one entry; undefined where it is no port, or its range runs backwards. */
export function readPorts(entry: PortEntry): ParsedPorts | undefined {
  const match = PORT_PATTERN.exec(String(entry));
  if (match === null) return undefined;
  const from = Number(match[2]);
  const to = Number(match[3] ?? match[2]);
  return from <= to && to <= 65_535 ? { protocol: match[1] === 'udp' ? 'udp' : 'tcp', range: { from, to } } : undefined;
}

/** Whether a set holds any of an entry's ports. */
export function holdsAny(set: PortSet, entry: PortEntry): boolean {
  const ports = readPorts(entry);
  return ports !== undefined && set[ports.protocol].some((range) => intersectRanges(range, ports.range) !== undefined);
}

/** A change to the ports that a control ships with: others in their place, or some more and some fewer. */
export type PortEdit =
  | readonly PortEntry[]
  | { readonly add?: readonly PortEntry[] | undefined; readonly remove?: readonly PortEntry[] | undefined };

/** The ports after an edit of valid entries. Removals come last: a port that is added and removed is not in it. */
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
 * A CIDR block as EC2 states it: without host bits, IPv6 in its short form.
 *
 * @throws InputInvalid naming the text.
 */
export function canonicalCidr(text: string): string {
  const { family, first, prefix } = parseCidr(text);
  return `${family === 'ipv4' ? ipv4Text(first) : ipv6Text(first)}/${prefix}`;
}

function ipv4Text(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
}

/** Lower case, no leading zeros, the first longest run of two or more zero groups as `::`. @see https://www.rfc-editor.org/rfc/rfc5952 */
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
 * A rule as people write it, which is as reports print it: `tcp 22 from 203.0.113.0/24`, `udp 5000-5100 from pl-…`, `all traffic to
 * 0.0.0.0/0`, `icmp from sg-…`, `protocol 47 from 10.0.0.0/8`; `from` is inbound, `to` outbound. As EC2 states it: without host bits.
 * Undefined where the text is no rule.
 */
export function readRule(text: string): RuleContent | undefined {
  const [, said, traffic = '', word, address = ''] = FORM.exec(text.trim()) ?? [];
  const direction = word === 'to' ? 'egress' : 'ingress';
  const what = trafficOf(traffic.replaceAll(/ +/g, ' '));
  const source = sourceOf(address);
  if (what === undefined || source === undefined || (said !== undefined && said !== direction)) return undefined;
  return { direction, ...what, source };
}

type WrittenTraffic = Pick<RuleContent, 'protocol' | 'fromPort' | 'toPort'>;

/** Protocols that EC2 names in place of their numbers. */
const NAMED: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'icmpv6' };

/** How traffic is written, and what each form means. */
const TRAFFIC: readonly (readonly [form: RegExp, read: (parts: readonly string[]) => WrittenTraffic | undefined])[] = [
  [/^all traffic$/, () => whole('-1')],
  [/^(tcp|udp) all ports$/, ([protocol = '']) => ({ protocol, fromPort: 0, toPort: 65_535 })],
  [/^(tcp|udp) (\d{1,5})$/, ([protocol = '', port = '']) => ported(protocol, port, port)],
  [/^(tcp|udp) (\d{1,5})-(\d{1,5})$/, ([protocol = '', first = '', last = '']) => ported(protocol, first, last)],
  [/^(icmp|icmpv6)$/, ([protocol = '']) => whole(protocol)],
  [
    /^(icmp|icmpv6) type (\d{1,3}) code (-1|\d{1,3})$/,
    ([protocol = '', type, code]) => ({ protocol, fromPort: Number(type), toPort: Number(code) }),
  ],
  [
    /^protocol (\d{1,3})$/,
    ([number = '']) => (Number(number) > 255 || number in NAMED ? undefined : whole(String(Number(number)))),
  ],
];

function whole(protocol: string): WrittenTraffic {
  return { protocol, fromPort: -1, toPort: -1 };
}

function ported(protocol: string, first: string, last: string): WrittenTraffic | undefined {
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
