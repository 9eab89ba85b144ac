import { isIPv4, isIPv6 } from 'node:net';
import { invalidParameter } from '../../state/operation.ts';

/** A CIDR block in the form that EC2 stores: its host bits are cleared. */
export interface Block {
  readonly family: 'ipv4' | 'ipv6';
  readonly cidr: string;
}

function clearHostBits(value: bigint, width: number, prefix: number): bigint {
  const host = BigInt(width - prefix);
  return (value >> host) << host;
}

function parseV4(address: string): bigint {
  return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function printV4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
}

/** The eight 16-bit groups of an IPv6 address without a zone. A dotted tail counts as two groups. */
function groupsOf(text: string): string[] {
  if (text === '') return [];
  return text.split(':').flatMap((part) => {
    if (!part.includes('.')) return [part];
    const tail = parseV4(part);
    return [(tail >> 16n).toString(16), (tail & 0xffffn).toString(16)];
  });
}

function parseV6(address: string): bigint {
  const [head = '', tail] = address.split('::');
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}

/**
 * Prints by RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups as `::`.
 */
function printV6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  const text = groups.join(':');
  const runs = [...text.matchAll(/\b0(?::0)+\b/g)];
  const longest = runs.toSorted((a, b) => b[0].length - a[0].length)[0];
  if (!longest) return text;
  const [before, after] = [text.slice(0, longest.index), text.slice(longest.index + longest[0].length)];
  return `${before.replace(/:$/, '')}::${after.replace(/^:/, '')}`;
}

/**
 * Reads a CIDR block strictly and clears its host bits, as EC2 does: `100.68.0.18/18` becomes
 * `100.68.0.0/18`. Throws InvalidParameterValue if the text is not a CIDR block, or not one of `family`.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
 */
export function canonicalCidr(text: string, family?: Block['family']): Block {
  const [address = '', prefixText = '', ...rest] = text.split('/');
  const prefix = /^\d{1,3}$/.test(prefixText) ? Number(prefixText) : Number.NaN;
  const v4 = isIPv4(address) && prefix <= 32;
  const v6 = isIPv6(address) && !address.includes('%') && prefix <= 128;
  if (rest.length > 0 || !(family === 'ipv6' ? v6 : family === 'ipv4' ? v4 : v4 || v6)) {
    throw invalidParameter(`CIDR block ${text} is malformed`);
  }
  if (v4) return { family: 'ipv4', cidr: `${printV4(clearHostBits(parseV4(address), 32, prefix))}/${prefix}` };
  return { family: 'ipv6', cidr: `${printV6(clearHostBits(parseV6(address), 128, prefix))}/${prefix}` };
}

/** Protocol and ports of a rule as EC2 stores them. */
export interface Traffic {
  readonly protocol: string;
  readonly fromPort: number;
  readonly toPort: number;
}

const NAME_OF_NUMBER: Readonly<Record<string, string>> = { '6': 'tcp', '17': 'udp', '1': 'icmp', '58': 'icmpv6' };
const NAMES: ReadonlySet<string> = new Set(Object.values(NAME_OF_NUMBER));

/**
 * EC2's name of a protocol. The numbers of tcp, udp, icmp and icmpv6 become names, `all` becomes -1, and
 * other numbers stay. Throws InvalidParameterValue for an unknown protocol.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
 */
function canonicalProtocol(text: string): string {
  const lower = text.toLowerCase();
  if (lower === '-1' || lower === 'all') return '-1';
  if (NAMES.has(lower)) return lower;
  if (/^\d{1,3}$/.test(lower) && Number(lower) <= 255)
    return NAME_OF_NUMBER[String(Number(lower))] ?? String(Number(lower));
  throw invalidParameter(`Invalid value '${text}' for IP protocol. Unknown protocol.`);
}

function checkPorts(from: number, to: number): void {
  for (const port of [from, to]) {
    if (port < 0 || port > 65535) throw invalidParameter(`TCP/UDP port (${port}) out of range`);
  }
  if (from > to) throw invalidParameter(`Invalid TCP/UDP port range (${from}:${to})`);
}

function checkIcmp(type: number, code: number): void {
  if (type < -1 || type > 255) throw invalidParameter(`ICMP type (${type}) out of range`);
  if (code < -1 || code > 255) throw invalidParameter(`ICMP code (${code}) out of range`);
  if (type === -1 && code !== -1) throw invalidParameter(`ICMP code (${code}) requires an ICMP type`);
}

/**
 * Protocol and ports as EC2 stores them. tcp and udp need both ports, icmp needs a type and a code, and
 * icmpv6 may omit them. Every other protocol is on all ports (-1), whatever the call states. Throws
 * InvalidParameterValue.
 */
export function canonicalTraffic(protocolText: string, fromPort?: number, toPort?: number): Traffic {
  const protocol = canonicalProtocol(protocolText);
  if (protocol === 'tcp' || protocol === 'udp') {
    if (fromPort === undefined || toPort === undefined) {
      throw invalidParameter("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
    }
    checkPorts(fromPort, toPort);
    return { protocol, fromPort, toPort };
  }
  if (protocol === 'icmp' && (fromPort === undefined || toPort === undefined)) {
    throw invalidParameter("Invalid value 'Must specify both type and code with ICMP.' for portRange.");
  }
  if (protocol === 'icmp' || protocol === 'icmpv6') {
    checkIcmp(fromPort ?? -1, toPort ?? -1);
    return { protocol, fromPort: fromPort ?? -1, toPort: toPort ?? -1 };
  }
  return { protocol, fromPort: -1, toPort: -1 };
}
