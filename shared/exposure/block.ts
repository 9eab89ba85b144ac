import type { Source } from '../model/rule.ts';
import { BITS, type Cidr, parseCidr } from './cidr.ts';
import { plainCidr } from './plain-cidr.ts';
import { publicAddresses } from './public-space.ts';

/** A CIDR block with the number of its public addresses. */
export interface Block extends Cidr {
  /** Without the trusted ones. */
  readonly publicSize: bigint;
  /** Public addresses that do not count, because the policy trusts them. */
  readonly trustedSize: bigint;
}

/** The same as `parseCidr`, several times faster for the texts that EC2 itself writes. */
function cidrOf(text: string): Cidr {
  const plain = plainCidr(text);
  if (plain === undefined) return parseCidr(text);
  const { words, prefix } = plain;
  const family = words.length === 1 ? 'ipv4' : 'ipv6';
  const hostBits = BigInt(BITS[family] - prefix);
  let address = 0n;
  for (const word of words) address = (address << 32n) | BigInt(word);
  const first = (address >> hostBits) << hostBits;
  return { family, prefix, first, last: first + (1n << hostBits) - 1n };
}

/**
 * Reads a CIDR block.
 *
 * @throws InputInvalid naming the text.
 */
export function blockOf(text: string): Block {
  const cidr = cidrOf(text);
  return { ...cidr, publicSize: publicAddresses([cidr], cidr.family), trustedSize: 0n };
}

/** CIDRs of a source; none if it is a group, or a prefix list whose entries are unknown. */
export function cidrsOf(source: Source): readonly string[] {
  switch (source.kind) {
    case 'ipv4':
    case 'ipv6':
      return [source.cidr];
    case 'prefix-list':
      return source.cidrs ?? [];
    case 'group':
      return [];
    default:
      return source satisfies never;
  }
}
