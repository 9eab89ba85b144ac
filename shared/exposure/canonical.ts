import type { RuleContent } from '../model/rule.ts';
import { parseCidr } from './cidr.ts';
import { plainCidr } from './plain-cidr.ts';
import { contentKey } from './rule-key.ts';

/** The bits of a word that a prefix covers; `bits` of the prefix are left where it begins: more than 32, or fewer than none. */
const masked = (word: number, bits: number): number => word - (word % 2 ** (32 - bits));

/** The first address in hexadecimal and the prefix length: the same for every way to write a block of a family. */
const blockKey = (text: string): string => {
  const plain = plainCidr(text);
  if (plain === undefined) {
    const { first, prefix } = parseCidr(text);
    return `${first.toString(16)}/${prefix}`;
  }
  const { words, prefix } = plain;
  const hex = words
    .map((word, i) =>
      masked(word, prefix - 32 * i)
        .toString(16)
        .padStart(8, '0'),
    )
    .join('');
  return `${hex.replace(/^0+(?=.)/, '')}/${prefix}`;
};

/**
 * A rule as EC2 would state it: host bits masked, no ports for protocol -1, both ends of the range given.
 * Requests in events are as their caller wrote them; only in this form can they be compared with what EC2 describes.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
 */
export const canonicalKey = (rule: RuleContent): string => {
  const { source, protocol } = rule;
  const ports = protocol === '-1' ? { fromPort: -1, toPort: -1 } : {};
  if (source.kind !== 'ipv4' && source.kind !== 'ipv6') return contentKey({ ...rule, ...ports });
  return contentKey({
    ...rule,
    ...ports,
    source: { kind: source.kind, cidr: `${source.kind} ${blockKey(source.cidr)}` },
  });
};
