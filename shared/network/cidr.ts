import { InputInvalid } from '../domain/errors.ts';
import type { Interval } from './intervals.ts';
import { readIpv4, readIpv6 } from './ip.ts';

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
export const familyOf = (text: string): Family => (text.includes(':') ? 'ipv6' : 'ipv4');

/** Prefix length written in a CIDR text, without reading its address; NaN where there is none. */
const prefixOf = (text: string): number => {
  const digits = text.slice(text.lastIndexOf('/') + 1);
  return text.includes('/') && /^(0|[1-9]\d{0,2})$/.test(digits) ? Number(digits) : Number.NaN;
};

/**
 * Reads a CIDR block strictly: four decimal octets without leading zeros (RFC 6943 3.1.1 tells why) or RFC 4291 2.2 text,
 * a slash, and a prefix length within the family.
 *
 * @throws InputInvalid naming the text.
 */
export const parseCidr = (text: string): Cidr => {
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
};

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
