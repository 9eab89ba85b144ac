import { BASE_32 } from '../domain/base32.ts';
import type { Change, Trigger } from '../domain/change.ts';
import type { Decision } from '../domain/decision.ts';
import { ruleKey } from '../network/rule-key.ts';

const base32 = (bytes: Uint8Array): string => {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => BASE_32[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
};

/** Changes that open a rule anew which keeps its id: narrowed and widened again, or a list that it names was. */
const REOPENS: ReadonlySet<Trigger> = new Set(['rules-modified', 'prefix-list-changed']);

/**
 * What people are only told of is a new case each time it is opened anew, though the rule has the same id and content as when they
 * were told before. So is what names no rule, such as rules that were taken away. A rule that was added has an id of its own, and is told
 * once, whether its event or a sweep sees it first; so is what was there before.
 */
const occasionOf = ({ mode, rules, because }: Decision, { id, trigger }: Change): readonly string[] => {
  const isAnew = because.some(({ freshness }) => freshness === 'fresh') && REOPENS.has(trigger);
  return rules.length === 0 || (mode !== 'enforce' && isAnew)
    ? [
        ...new Set(because.flatMap(({ freshness, occasion = id }) => (freshness === 'fresh' ? occasion : []))),
      ].toSorted()
    : [];
};

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

/** Name of the nth further attempt at a settled case on the occasion of a change: the same change always makes the same attempts. */
export const attemptId = async (settledId: string, { id }: Pick<Change, 'id'>, nth: number): Promise<string> =>
  await named('attempt', settledId, id, String(nth));

const standingOf = ({ rules, because }: Decision): readonly string[] =>
  rules.length > 0 ? rules.map(ruleKey) : because.flatMap(({ control, lost = [] }) => [control, ...lost.map(ruleKey)]);

/**
 * Name under which other systems know it: of the group and the rules alone, so that what is told first and closed later, or opened
 * anew, is one and the same to them. Where no rule is named, of the controls and what was taken away.
 */
export const caseId = async (decision: Decision): Promise<string> =>
  await named('case', decision.group.id, ...standingOf(decision).toSorted());
