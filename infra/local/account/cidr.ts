import { isIPv4, isIPv6 } from 'node:net';
import { invalidParameter } from './aws-error.ts';

/** A CIDR block whose host bits are cleared, in the form in which EC2 stores it. */
export interface Block {
  readonly family: 'ipv4' | 'ipv6';
  readonly cidr: string;
}

function masked(value: bigint, width: number, prefix: number): bigint {
  const host = BigInt(width - prefix);
  return (value >> host) << host;
}

function parseV4(address: string): bigint {
  return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function printV4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
}

/** The eight groups of an IPv6 address without a zone; a dotted tail counts as two groups. */
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

/** Prints by RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups as `::`. */
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
 * Reads a CIDR block strictly and clears its host bits: `100.68.0.18/18` → `100.68.0.0/18`, as EC2 does.
 * Throws InvalidParameterValue where it is none, or not of the `family` asked for.
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
  if (v4) return { family: 'ipv4', cidr: `${printV4(masked(parseV4(address), 32, prefix))}/${prefix}` };
  return { family: 'ipv6', cidr: `${printV6(masked(parseV6(address), 128, prefix))}/${prefix}` };
}
