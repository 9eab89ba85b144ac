import type { Source } from '../domain/rule.ts';
import { type Cidr, parseCidr } from './cidr.ts';
import { publicAddresses, publicIpv4Addresses } from './exposure/public-space.ts';
import { plainCidr } from './plain-cidr.ts';

/** A CIDR block with the number of its public addresses. */
export interface Block extends Cidr {
  /** Without the trusted ones. */
  readonly publicSize: bigint;
  /** Public addresses that do not count, because the policy trusts them. */
  readonly trustedSize: bigint;
}

/** An IPv4 block in numbers, which are exact for it, until the end. */
function ipv4Block(word: number, prefix: number): Block {
  const size = 2 ** (32 - prefix);
  const first = word - (word % size);
  const last = first + size - 1;
  const publicSize = BigInt(publicIpv4Addresses(first, last));
  return { family: 'ipv4', prefix, first: BigInt(first), last: BigInt(last), publicSize, trustedSize: 0n };
}

function ipv6Block(words: readonly number[], prefix: number): Block {
  const hostBits = BigInt(128 - prefix);
  let address = 0n;
  for (const word of words) address = (address << 32n) | BigInt(word);
  const first = (address >> hostBits) << hostBits;
  const last = first + (1n << hostBits) - 1n;
  return {
    family: 'ipv6',
    prefix,
    first,
    last,
    publicSize: publicAddresses([{ first, last }], 'ipv6'),
    trustedSize: 0n,
  };
}

/**
 * Reads a CIDR block; several times faster than `parseCidr` for texts as EC2 itself writes them.
 *
 * @throws InputInvalid naming the text.
 */
export function blockOf(text: string): Block {
  const plain = plainCidr(text);
  if (plain === undefined) {
    const cidr = parseCidr(text);
    return { ...cidr, publicSize: publicAddresses([cidr], cidr.family), trustedSize: 0n };
  }
  const [word, ...others] = plain.words;
  return others.length === 0 ? ipv4Block(word ?? 0, plain.prefix) : ipv6Block(plain.words, plain.prefix);
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
