import { type Block, blockOf } from '../exposure/block.ts';
import { isWorldAlone, publicUnion } from '../exposure/measure.ts';
import { holdsPrivate } from '../exposure/private-space.ts';
import { InputInvalid } from '../model/errors.ts';
import type { WorldThreshold } from '../model/options.ts';
import { canonicalCidr } from './canonical-cidr.ts';
import type { SectionIssue } from './word-schema.ts';

const readBlock = (text: string): Block | undefined => {
  try {
    return blockOf(text);
  } catch (error) {
    if (error instanceof InputInvalid) return undefined;
    throw error;
  }
};

const overlaps = (a: Block, b: Block): boolean => a.family === b.family && a.first <= b.last && b.first <= a.last;

const issueOf = (text: string, before: readonly string[], world: WorldThreshold): string | undefined => {
  const block = readBlock(text);
  if (block === undefined) return `expected a CIDR block such as 203.0.113.0/24, not ${JSON.stringify(text)}`;
  if (block.prefix === 0 || isWorldAlone(block, world)) return `${text} is the world: name the blocks that are yours`;
  if (holdsPrivate(block)) return `${text} holds private addresses, which nobody on the internet has: leave them out`;
  if (canonicalCidr(text) !== text) return `${text} is ${canonicalCidr(text)}: write that`;
  const other = before.find((one) => {
    const known = readBlock(one);
    return known !== undefined && overlaps(known, block);
  });
  return other === undefined ? undefined : `${text} overlaps ${other}`;
};

/** What trusted blocks may not be: no blocks, the world (each or all together), private space, one within another. */
export const trustedIssues = (cidrs: readonly string[], world: WorldThreshold): readonly SectionIssue[] => {
  const issues = cidrs.flatMap((text, index) => {
    const issue = issueOf(text, cidrs.slice(0, index), world);
    return issue === undefined ? [] : [{ path: ['trusted', 'cidrs', index], text: issue }];
  });
  if (issues.length > 0 || !publicUnion(cidrs, world).isWorld) return issues;
  return [{ path: ['trusted', 'cidrs'], text: 'all of them together are the world: name the blocks that are yours' }];
};
