/**
 * IANA protocol numbers by the names that security group tools write.
 *
 * @see https://www.iana.org/assignments/protocol-numbers/protocol-numbers.xhtml
 */
const NUMBERS: ReadonlyMap<string, number> = new Map([
  ['all', -1],
  ['any', -1],
  ['icmp', 1],
  ['igmp', 2],
  ['ipip', 4],
  ['tcp', 6],
  ['egp', 8],
  ['udp', 17],
  ['ipv6', 41],
  ['rsvp', 46],
  ['gre', 47],
  ['esp', 50],
  ['ah', 51],
  ['icmpv6', 58],
  ['ipv6-icmp', 58],
  ['eigrp', 88],
  ['ospf', 89],
  ['ospfigp', 89],
  ['pim', 103],
  ['vrrp', 112],
  ['l2tp', 115],
  ['sctp', 132],
  ['udplite', 136],
]);

/** Names that EC2 itself gives back in place of the number. */
const NAMED: ReadonlyMap<number, string> = new Map([
  [1, 'icmp'],
  [6, 'tcp'],
  [17, 'udp'],
  [58, 'icmpv6'],
]);

const numberOf = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  return /^(-1|0|[1-9]\d{0,2})$/.test(value) ? Number(value) : NUMBERS.get(value.toLowerCase());
};

/**
 * A protocol as the model writes it: `tcp`, `udp`, `icmp`, `icmpv6`, `-1` (all), or the IANA number (0–255) in decimal.
 * Takes names in any case, numbers and numeric texts; undefined for what is no protocol.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
 */
export const canonicalProtocol = (value: unknown): string | undefined => {
  if (typeof value === 'string' && (value === '-1' || NAMED_PROTOCOLS.has(value))) return value;
  const number = numberOf(value);
  if (number === undefined || !Number.isInteger(number) || number < -1 || number > 255) return undefined;
  return NAMED.get(number) ?? String(number);
};

/** Whether a protocol has ports, or types and codes in their place; for the others EC2 ignores the two fields and states -1. */
export const hasPorts = (protocol: string): boolean => NAMED_PROTOCOLS.has(protocol);

const NAMED_PROTOCOLS: ReadonlySet<string> = new Set(NAMED.values());
