import { invalidParameter } from './aws-error.ts';

/** Protocol and ports of a rule as EC2 stores them. */
export interface Traffic {
  readonly protocol: string;
  readonly fromPort: number;
  readonly toPort: number;
}

const NAME_OF_NUMBER: Readonly<Record<string, string>> = { '6': 'tcp', '17': 'udp', '1': 'icmp', '58': 'icmpv6' };
const NAMES = new Set(Object.values(NAME_OF_NUMBER));

/**
 * EC2's name of a protocol: numbers of tcp, udp, icmp and icmpv6 become names, `all` becomes -1, others stay numbers.
 * Throws InvalidParameterValue.
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
 * Protocol and ports as EC2 stores them: tcp and udp need both ports, icmp a type and a code, icmpv6 may omit them,
 * every other protocol is on all ports (-1) whatever was sent. Throws InvalidParameterValue.
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
