import { InputInvalid } from '../../domain/errors.ts';
import type { RuleContent, Source } from '../../domain/group.ts';
import { familyOf, parseCidr, readPlainCidr } from '../../network/cidr.ts';
import {
  asFields,
  asInteger,
  asText,
  type Fields,
  field,
  placeOf,
  preview,
  spelling,
  textField,
  type Writable,
} from '../json.ts';

/** Protocols that EC2 returns by name instead of by number. */
const NAMED: ReadonlyMap<number, string> = new Map([
  [1, 'icmp'],
  [6, 'tcp'],
  [17, 'udp'],
  [58, 'icmpv6'],
]);

const NAMED_PROTOCOLS: ReadonlySet<string> = new Set(NAMED.values());

/**
 * A protocol as the model writes it: `tcp`, `udp`, `icmp`, `icmpv6`, `-1` (all), or the IANA number (0–255)
 * in decimal. Accepts names in any case, numbers and numeric texts. Returns undefined for any other value.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
 */
export function canonicalProtocol(value: unknown): string | undefined {
  if (typeof value === 'string' && (value === '-1' || NAMED_PROTOCOLS.has(value))) return value;
  const number = numberOf(value);
  if (number === undefined || !Number.isInteger(number) || number < -1 || number > 255) return undefined;
  return NAMED.get(number) ?? String(number);
}

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

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  return /^(-1|0|[1-9]\d{0,2})$/.test(value) ? Number(value) : NUMBERS.get(value.toLowerCase());
}

/** Whether a protocol has ports, or types and codes. For other protocols EC2 states the ports -1. */
export function hasPorts(protocol: string): boolean {
  return NAMED_PROTOCOLS.has(protocol);
}

/** The protocol and ports of a rule. */
export type StatedTraffic = Pick<RuleContent, 'protocol' | 'fromPort' | 'toPort'>;

/**
 * Reads `ipProtocol`, `fromPort` and `toPort` of a permission or a rule. The ports stay as stated because the
 * undo repeats them.
 *
 * @throws InputInvalid if a field cannot be read. The error names the field under `at`.
 */
export function readTraffic(fields: Fields, at: string): StatedTraffic {
  const protocol = readProtocol(fields, at);
  const fromPort = readPort(fields, 'fromPort', at);
  const toPort = readPort(fields, 'toPort', at);
  const ranged = protocol === 'tcp' || protocol === 'udp';
  if (ranged && fromPort !== undefined && toPort !== undefined && toPort >= 0 && fromPort > toPort) {
    throw new InputInvalid(
      `${placeOf(fields, 'fromPort', at)}: ${fromPort} is above ${spelling(fields, 'toPort')} ${toPort}`,
    );
  }
  const traffic: Writable<StatedTraffic> = { protocol };
  if (fromPort !== undefined) traffic.fromPort = fromPort;
  if (toPort !== undefined) traffic.toPort = toPort;
  return traffic;
}

function readProtocol(fields: Fields, at: string): string {
  const value = field(fields, 'ipProtocol');
  const protocol = canonicalProtocol(value);
  if (protocol === undefined) {
    throw new InputInvalid(
      `${placeOf(fields, 'ipProtocol', at)}: ${preview(value)} is not a protocol (such as "tcp", "17" or "-1")`,
    );
  }
  return protocol;
}

function readPort(fields: Fields, name: 'fromPort' | 'toPort', at: string): number | undefined {
  const value = field(fields, name);
  if (value === undefined) return undefined;
  const port = asInteger(value);
  if (port === undefined || port < -1 || port > 65_535) {
    throw new InputInvalid(`${placeOf(fields, name, at)}: ${preview(value)} is not a port (-1 to 65535)`);
  }
  return port;
}

/** A fast path for EC2's own notation. Undefined means: use `cidrSource`. */
export function plainSource(value: unknown): Source | undefined {
  if (typeof value !== 'string') return undefined;
  const plain = readPlainCidr(value);
  return plain && { kind: plain.words.length === 1 ? 'ipv4' : 'ipv6', cidr: value };
}

/**
 * Reads a CIDR block of either family.
 *
 * @throws InputInvalid if the value is not a CIDR block. The error names the path and the value.
 */
export function cidrSource(value: unknown, at: string): Source {
  const plain = plainSource(value);
  if (plain !== undefined) return plain;
  const cidr = asText(value);
  if (cidr === undefined)
    throw new InputInvalid(
      `${at}: ${value === undefined ? 'missing; expected' : `${preview(value)} is not`} a CIDR block (such as 10.0.0.0/8 or 2001:db8::/32)`,
    );
  try {
    parseCidr(cidr);
  } catch (error) {
    if (!(error instanceof InputInvalid)) throw error;
    throw new InputInvalid(`${at}: ${error.message}`, { cause: error });
  }
  return { kind: familyOf(cidr), cidr };
}

/**
 * Reads the id of a prefix list.
 *
 * @throws InputInvalid if the value is not a text. The error names the path.
 */
export function prefixListSource(value: unknown, at: string): Source {
  const id = asText(value);
  if (id === undefined)
    throw new InputInvalid(`${at}: ${preview(value)} is not a prefix list id (such as pl-0123456789abcdef0)`);
  return { kind: 'prefix-list', id };
}

/**
 * Reads a referenced group and its owner.
 *
 * @throws InputInvalid if the reference has no group id, for example only a name. The error names the path.
 */
export function groupSource(fields: Fields, at: string): Source {
  const groupId = textField(fields, 'groupId');
  if (groupId === undefined) {
    const place = placeOf(fields, 'groupId', at);
    throw new InputInvalid(
      `${place}: ${preview(field(fields, 'groupId'))} is not a group id (such as sg-0123456789abcdef0)`,
    );
  }
  const source: Writable<Extract<Source, { kind: 'group' }>> = { kind: 'group', groupId };
  const ownerId = textField(fields, 'userId');
  const vpcId = textField(fields, 'vpcId');
  const peeringId = textField(fields, 'vpcPeeringConnectionId');
  if (ownerId !== undefined) source.ownerId = ownerId;
  if (vpcId !== undefined) source.vpcId = vpcId;
  if (peeringId !== undefined) source.peeringId = peeringId;
  return source;
}

const FLAT_CIDRS = ['cidrIpv4', 'cidrIpv6', 'cidrIp'] as const;

/**
 * Reads the source of a rule that has its single source in its own fields, such as SecurityGroupRule.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html
 * @throws InputInvalid if the rule has no source or an unreadable one.
 */
export function flatSource(fields: Fields, at: string): Source {
  for (const name of FLAT_CIDRS) {
    const value = field(fields, name);
    if (value !== undefined) return cidrSource(value, placeOf(fields, name, at));
  }
  const prefixList = field(fields, 'prefixListId');
  if (prefixList !== undefined) return prefixListSource(prefixList, placeOf(fields, 'prefixListId', at));
  const referenced = asFields(field(fields, 'referencedGroupInfo'));
  if (referenced !== undefined) return groupSource(referenced, placeOf(fields, 'referencedGroupInfo', at));
  throw new InputInvalid(`${at}: names no source (CidrIpv4, CidrIpv6, PrefixListId or ReferencedGroupInfo)`);
}
