import { canonicalKey } from '../exposure/canonical.ts';
import type { Brought } from '../model/change.ts';
import type { Rule } from '../model/rule.ts';

/**
 * The rules that a change brought. By id where the event has ids; by content only where it has none, since a content that
 * appears in an old event may since have been put there by somebody else.
 */
export const freshRules = (rules: readonly Rule[], brought: Brought): ReadonlySet<Rule> => {
  switch (brought.kind) {
    case 'everything':
      return new Set(rules);
    case 'unknown':
      return new Set();
    case 'rules': {
      const ids = new Set(brought.ids);
      if (ids.size > 0) return new Set(rules.filter(({ id }) => id !== undefined && ids.has(id)));
      const contents = new Set(brought.contents.map(canonicalKey));
      return new Set(rules.filter((rule) => contents.has(canonicalKey(rule))));
    }
    default:
      return brought satisfies never;
  }
};

/** What the change brought and the rules do not show: ids, or contents where there are no ids. */
export const unseen = (rules: readonly Rule[], brought: Brought): readonly string[] => {
  if (brought.kind !== 'rules') return [];
  const seen = new Set(rules.flatMap((rule) => [rule.id ?? '', canonicalKey(rule)]));
  const expected = brought.ids.length > 0 ? brought.ids : brought.contents.map(canonicalKey);
  return expected.filter((key) => !seen.has(key));
};
