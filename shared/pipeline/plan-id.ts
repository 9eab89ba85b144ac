import { ruleKey } from '../exposure/rule-key.ts';
import { BASE_32 } from '../model/base32.ts';
import type { Change } from '../model/change.ts';
import type { Decision } from '../model/decision.ts';

const base32 = (bytes: Uint8Array): string => {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => BASE_32[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
};

/**
 * What people are only told of is a new case each time it is opened anew, though the rule has the same id and content as when they
 * were told before: narrowed and widened again, or named a list that was. So is what names no rule, such as rules that were taken away.
 * What was there before is told once.
 */
const occasionOf = ({ mode, rules, because }: Decision, { id }: Change): readonly string[] =>
  (mode !== 'enforce' || rules.length === 0) && because.some(({ freshness }) => freshness === 'fresh')
    ? [...new Set(because.map(({ occasion = id }) => occasion))].toSorted()
    : [];

/**
 * What a case is about: its rules; where it names none, the controls, with their severity, so that what got worse is told again.
 */
const subjectOf = ({ rules, because }: Decision): readonly string[] =>
  rules.length > 0 ? rules.map(ruleKey) : because.map(({ control, severity }) => `${control} ${severity}`);

const named = async (...lines: readonly string[]): Promise<string> => {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(lines.join('\n')));
  return base32(new Uint8Array(digest).subarray(0, 16));
};

/**
 * Name of a case: 26 characters from the SHA-256 of group, mode, the rules' ids and contents.
 *
 * Two invocations that see the same case arrive at the same name, which makes the ledger's conditional write the lock. 128 bits
 * of it, so that nobody can make a second case with the name of a settled one.
 */
export const planId = async (decision: Decision, change: Change): Promise<string> => {
  const { group, mode } = decision;
  return await named(group.id, mode, ...subjectOf(decision).toSorted(), ...occasionOf(decision, change));
};

const standingOf = ({ rules, because }: Decision): readonly string[] =>
  rules.length > 0 ? rules.map(ruleKey) : because.flatMap(({ control, lost = [] }) => [control, ...lost.map(ruleKey)]);

/**
 * Name under which other systems know it: of the group and the rules alone, so that what is told first and closed later, or opened
 * anew, is one and the same to them. Where no rule is named, of the controls and what was taken away.
 */
export const caseId = async (decision: Decision): Promise<string> =>
  await named('case', decision.group.id, ...standingOf(decision).toSorted());
