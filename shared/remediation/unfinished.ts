import type { Entry } from '../domain/ledger.ts';
import type { Rule } from '../domain/rule.ts';
import { ruleKey } from '../network/rule-key.ts';

/** Whether an entry is this invocation's own, or one whose owner had its time. */
const isOurs = ({ owner: holder, heldUntil }: Entry, owner: string, now: number): boolean =>
  holder === owner || heldUntil <= now;

/** Rules that a plan was to remove because a change brought them, or because a person let them go. */
const rulesOf = ({ plan: { decision, released } }: Entry): readonly Rule[] =>
  released === undefined
    ? decision.because.flatMap(({ freshness, rules }) => (freshness === 'fresh' ? rules : []))
    : decision.rules;

/**
 * Rules that an earlier try set out to remove and that are still there as they were: for a later change, too, they count as fresh,
 * or an attempt that was held up once would leave them open for good. Not those that were there before: they come up again by themselves,
 * and as fresh ones the budget would not count them.
 */
export const unfinishedRules = (
  rules: readonly Rule[],
  entries: readonly Entry[],
  owner: string,
  now: number,
): readonly Rule[] => {
  const begun = entries.filter((entry) => entry.plan.decision.mode === 'enforce' && isOurs(entry, owner, now));
  const keys = new Set(begun.flatMap(rulesOf).map(ruleKey));
  return rules.filter((rule) => keys.has(ruleKey(rule)));
};
