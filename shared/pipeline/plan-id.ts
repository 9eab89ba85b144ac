import { ruleKey } from '../exposure/rule-key.ts';
import type { Decision } from '../model/decision.ts';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Crockford's base 32, lower case: no letter that a person could mistake for another. */
const base32 = (bytes: Uint8Array): string => {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
};

/**
 * Name of a case: 26 characters from the SHA-256 of group, mode and the rules' ids and contents.
 *
 * Two invocations that see the same case arrive at the same name, which makes the ledger's conditional write the lock. 128 bits
 * of it, so that nobody can make a second case with the name of a settled one.
 */
export const planId = async ({ group, mode, rules }: Decision): Promise<string> => {
  const text = [group.id, mode, ...rules.map(ruleKey).toSorted()].join('\n');
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return base32(new Uint8Array(digest).subarray(0, 16));
};
