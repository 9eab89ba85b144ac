import { parseCidr } from '../network/cidr.ts';

const ipv4Text = (value: bigint): string => [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');

/** Lower case, no leading zeros, the first longest run of two or more zero groups as `::`. @see https://www.rfc-editor.org/rfc/rfc5952 */
const ipv6Text = (value: bigint): string => {
  const groups = Array.from({ length: 8 }, (_, place) => ((value >> BigInt(112 - 16 * place)) & 0xffffn).toString(16));
  const text = groups.join(':');
  const runs = [...text.matchAll(/\b0(?::0)+\b/g)].map(([run]) => run);
  const longest = runs.toSorted((a, b) => b.length - a.length)[0];
  if (longest === undefined) return text;
  const at = text.search(new RegExp(`\\b${longest}\\b`));
  return `${text.slice(0, at).replace(/:$/, '')}::${text.slice(at + longest.length).replace(/^:/, '')}`;
};

/**
 * A CIDR block as EC2 states it: without host bits, IPv6 in its short form.
 *
 * @throws InputInvalid naming the text.
 */
export const canonicalCidr = (text: string): string => {
  const { family, first, prefix } = parseCidr(text);
  return `${family === 'ipv4' ? ipv4Text(first) : ipv6Text(first)}/${prefix}`;
};
