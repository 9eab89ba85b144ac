import { type Cidr, parseCidr } from './cidr.ts';
import { publicAddresses } from './public-space.ts';

/** A CIDR block with the number of its public addresses. */
export interface Block extends Cidr {
  readonly publicSize: bigint;
}

/** Blocks by text. The same few hundred texts stand in nearly all rules: remembering them makes judging a rule 10 times faster. */
const known = new Map<string, Block>();

const MOST_KNOWN = 20_000;

/**
 * Reads a CIDR block, from memory where it has been read before.
 *
 * @throws InputInvalid naming the text.
 */
export const blockOf = (text: string): Block => {
  const found = known.get(text);
  if (found !== undefined) return found;
  const cidr = parseCidr(text);
  const block = { ...cidr, publicSize: publicAddresses([cidr], cidr.family) };
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(text, block);
  return block;
};
