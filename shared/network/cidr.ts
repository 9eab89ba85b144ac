import { InputInvalid } from '../domain/errors.ts';

/** Address family. */
export type Family = 'ipv4' | 'ipv6';

/** A CIDR block as the addresses it holds. Host bits are masked away, as EC2 does: `1.2.3.4/0` is the whole world. */
export interface Cidr extends Interval {
  readonly family: Family;
  /** Prefix length. */
  readonly prefix: number;
}

/** Bits of an address. */
export const BITS = { ipv4: 32, ipv6: 128 } as const satisfies Record<Family, number>;

/** Whether a CIDR text is IPv4 or IPv6, told by its colon. */
export function familyOf(text: string): Family {
  return text.includes(':') ? 'ipv6' : 'ipv4';
}

/** Prefix length written in a CIDR text, without reading its address; NaN where there is none. */
function prefixOf(text: string): number {
  const digits = text.slice(text.lastIndexOf('/') + 1);
  return text.includes('/') && /^(0|[1-9]\d{0,2})$/.test(digits) ? Number(digits) : Number.NaN;
}

/**
 * Reads a CIDR block strictly: four decimal octets without leading zeros (RFC 6943 3.1.1 tells why) or RFC 4291 2.2 text,
 * a slash, and a prefix length within the family.
 *
 * @throws InputInvalid naming the text.
 */
export function parseCidr(text: string): Cidr {
  const family = familyOf(text);
  const prefix = prefixOf(text);
  const address = text.slice(0, text.lastIndexOf('/'));
  const value = family === 'ipv4' ? readIpv4(address) : readIpv6(address);
  if (value === undefined || !(prefix <= BITS[family])) {
    throw new InputInvalid(`${JSON.stringify(text)} is not a CIDR block (such as 10.0.0.0/8 or 2001:db8::/32)`);
  }
  const hostBits = BigInt(BITS[family] - prefix);
  const first = (value >> hostBits) << hostBits;
  return { family, prefix, first, last: first + (1n << hostBits) - 1n };
}

const [SLASH, ZERO] = [47, 48] as const;

/** Prefix lengths of IPv6 and the share of the address space that a block has. */
const SHARES: readonly number[] = Array.from({ length: 129 }, (_, prefix) => 2 ** -prefix);

/**
 * Share of its family's address space that a CIDR block has: 2 to the minus prefix length, read from the end of the text. A text
 * without a prefix length counts as everything, so that it is read in full, and refused there.
 */
export function prefixShare(cidr: string): number {
  let [prefix, unit] = [0, 1];
  for (let i = cidr.length - 1; i >= 0 && unit <= 1000; i -= 1) {
    const code = cidr.charCodeAt(i);
    if (code === SLASH) return SHARES[prefix] ?? 1;
    const digit = code - ZERO;
    if (digit < 0 || digit > 9) return 1;
    prefix += digit * unit;
    unit *= 10;
  }
  return 1;
}

/** An IPv4 address as a number; undefined where the text is not four plain decimal octets. */
export function readIpv4(text: string): bigint | undefined {
  const octets = text.split('.');
  if (octets.length !== 4 || !octets.every((octet) => /^(0|[1-9]\d{0,2})$/.test(octet) && Number(octet) <= 255))
    return undefined;
  return octets.reduce((value, octet) => value * 256n + BigInt(octet), 0n);
}

function ipv6Groups(text: string): string[] | undefined {
  if (text === '') return [];
  const groups = text.split(':');
  const tail = text.slice(text.lastIndexOf(':') + 1);
  if (!tail.includes('.')) return groups;
  const ipv4 = readIpv4(tail);
  if (ipv4 === undefined) return undefined;
  return [...groups.slice(0, -1), (ipv4 >> 16n).toString(16), (ipv4 & 0xffffn).toString(16)];
}

function joinIpv6Groups(groups: readonly string[]): bigint | undefined {
  return groups.length === 8 && groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))
    ? groups.reduce((value, group) => (value << 16n) + BigInt(`0x${group}`), 0n)
    : undefined;
}

/**
 * An IPv6 address as a number; undefined where the text is not one. Zone ids are refused: a rule has none.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4291#section-2.2
 */
export function readIpv6(text: string): bigint | undefined {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0 || (tail !== undefined && head.includes('.'))) return undefined;
  const left = ipv6Groups(head);
  const right = tail === undefined ? [] : ipv6Groups(tail);
  if (left === undefined || right === undefined) return undefined;
  if (tail === undefined) return joinIpv6Groups(left);
  const zeros = 8 - left.length - right.length;
  return zeros < 1 ? undefined : joinIpv6Groups([...left, ...Array.from({ length: zeros }, () => '0'), ...right]);
}

/** Addresses from `first` to `last`, both included. */
export interface Interval {
  readonly first: bigint;
  readonly last: bigint;
}

function byFirst(a: Interval, b: Interval): number {
  return Number(a.first - b.first);
}

/** The same addresses as sorted, disjoint, non-adjacent intervals. One sort and one pass. */
export function unionOf(intervals: readonly Interval[]): readonly Interval[] {
  const united: Interval[] = [];
  for (const next of intervals.toSorted(byFirst)) {
    const top = united.at(-1);
    if (top === undefined || next.first > top.last + 1n) united.push(next);
    else if (next.last > top.last) united[united.length - 1] = { first: top.first, last: next.last };
  }
  return united;
}

/** Number of addresses that two united lists have in common. One pass over both. */
export function sizeOfCommon(a: readonly Interval[], b: readonly Interval[]): bigint {
  let size = 0n;
  let i = 0;
  let j = 0;
  for (let x = a[i], y = b[j]; x !== undefined && y !== undefined; x = a[i], y = b[j]) {
    const first = x.first > y.first ? x.first : y.first;
    const last = x.last < y.last ? x.last : y.last;
    if (first <= last) size += last - first + 1n;
    if (x.last < y.last) i += 1;
    else j += 1;
  }
  return size;
}

/** Addresses of a united list that another united list does not hold. */
export function subtract(from: readonly Interval[], what: readonly Interval[]): readonly Interval[] {
  return from.flatMap((whole) => {
    const rest: Interval[] = [];
    let first = whole.first;
    for (const hole of what) {
      if (hole.last < first || hole.first > whole.last) continue;
      if (hole.first > first) rest.push({ first, last: hole.first - 1n });
      first = hole.last + 1n;
    }
    return first <= whole.last ? [...rest, { first, last: whole.last }] : rest;
  });
}
