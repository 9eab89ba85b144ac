import { InputInvalid } from '../../domain/errors.ts';
import { type Block, blockOf } from '../../network/block.ts';
import type { Family } from '../../network/cidr.ts';
import { holdsPrivate } from '../../network/exposure/private-space.ts';
import { publicAddresses, publicSpaceSize } from '../../network/exposure/public-space.ts';
import { canonicalCidr } from '../canonical-cidr.ts';
import type { SectionIssue } from '../schema/word.ts';

/**
 * Shortest prefix of a trusted block. IANA assigns IPv4 by the /8 and gives IPv6 registries a /12, so no organization holds a larger
 * block. A list of many large blocks is long, and a reviewer sees it.
 *
 * @see https://www.iana.org/assignments/ipv4-address-space
 * @see https://www.iana.org/assignments/ipv6-unicast-address-assignments
 */
const SHORTEST = { ipv4: 8, ipv6: 12 } as const satisfies Record<Family, number>;

/**
 * Most addresses that may be trusted in all: a quarter of the public IPv4 space (more than 4 times what the largest holder, the US
 * Department of Defense, has), or an IPv6 /12. Everything trusted is exempt from the world's threshold, so whoever edits the list
 * could otherwise open the internet block by block.
 */
const MOST: Readonly<Record<Family, { readonly addresses: bigint; readonly text: string }>> = {
  ipv4: { addresses: publicSpaceSize('ipv4') / 4n, text: 'a quarter of the public IPv4 space' },
  ipv6: { addresses: 1n << 116n, text: 'an IPv6 /12' },
};

const readBlock = (text: string): Block | undefined => {
  try {
    return blockOf(text);
  } catch (error) {
    if (error instanceof InputInvalid) return undefined;
    throw error;
  }
};

const overlaps = (a: Block, b: Block): boolean => a.family === b.family && a.first <= b.last && b.first <= a.last;

const issueOf = (text: string, before: readonly string[]): string | undefined => {
  const block = readBlock(text);
  if (block === undefined) return `expected a CIDR block such as 203.0.113.0/24, not ${JSON.stringify(text)}`;
  const { family, prefix } = block;
  if (prefix === 0) return `${text} is the world: name the blocks that are yours`;
  if (holdsPrivate(block)) return `${text} holds private addresses, which nobody on the internet has: leave them out`;
  if (prefix < SHORTEST[family])
    return `${text} is larger than a /${SHORTEST[family]}, the most that is assigned at once: name the blocks that are yours`;
  if (canonicalCidr(text) !== text) return `${text} is ${canonicalCidr(text)}: write that`;
  const other = before.find((one) => {
    const known = readBlock(one);
    return known !== undefined && overlaps(known, block);
  });
  return other === undefined ? undefined : `${text} overlaps ${other}`;
};

/** What trusted blocks may not be: no blocks, the world, larger than what is assigned, too much in all, private, overlapping. */
export const trustedIssues = (cidrs: readonly string[]): readonly SectionIssue[] => {
  const issues = cidrs.flatMap((text, index) => {
    const issue = issueOf(text, cidrs.slice(0, index));
    return issue === undefined ? [] : [{ path: ['trusted', 'cidrs', index], text: issue }];
  });
  if (issues.length > 0) return issues;
  const blocks = cidrs.map((text) => blockOf(text));
  return (['ipv4', 'ipv6'] as const).flatMap((family) => {
    const ours = blocks.filter((block) => block.family === family);
    return publicAddresses(ours, family) <= MOST[family].addresses
      ? []
      : [
          {
            path: ['trusted', 'cidrs'],
            text: `all of them together are more than ${MOST[family].text}: name only the blocks that are yours`,
          },
        ];
  });
};
