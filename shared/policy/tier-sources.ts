import type { TierSource } from '../domain/controls/tiers.ts';
import { InputInvalid } from '../domain/errors.ts';
import { parseCidr } from '../network/cidr.ts';

/** The word for anybody. */
export const WORLD_WORD = 'world';

const isCidr = (text: string): boolean => {
  try {
    parseCidr(text);
    return true;
  } catch (error) {
    if (error instanceof InputInvalid) return false;
    throw error;
  }
};

/** Reads where a layer lets traffic in from; undefined where the text is none of the kinds, or a layer that is not there. */
export const readTierSource = (text: string, layers: ReadonlySet<string>): TierSource | undefined => {
  if (text === WORLD_WORD) return { kind: 'world' };
  if (layers.has(text)) return { kind: 'layer', name: text };
  if (/^(?:sg|pl)-[0-9a-f]{8,17}$/.test(text)) return { kind: 'id', id: text };
  return isCidr(text) ? { kind: 'cidr', cidr: text } : undefined;
};
