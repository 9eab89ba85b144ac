import { canonicalKey } from '../exposure/canonical.ts';
import type { Becoming, Brought } from '../model/change.ts';
import type { Rule } from '../model/rule.ts';

const NONE: ReadonlySet<Rule> = new Set();

/**
 * The rules that a change brought. By id where the event has ids; by content only where it has none, since a content that
 * appears in an old event may since have been put there by somebody else. A changed prefix list changes every rule that names it.
 */
export const freshRules = (rules: readonly Rule[], brought: Brought): ReadonlySet<Rule> => {
  switch (brought.kind) {
    case 'everything':
      return new Set(rules);
    case 'unknown':
      return NONE;
    case 'prefix-list':
      return new Set(rules.filter(({ source }) => source.kind === 'prefix-list' && source.id === brought.id));
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

const isStale = (rule: Rule, { id, content }: Becoming): boolean =>
  rule.id === id && canonicalKey({ ...content, direction: rule.direction }) !== canonicalKey(rule);

/**
 * What the change brought and the rules do not show: ids, or contents where there are no ids, and modified rules that still have
 * another content than they were given. (A later change may have given it to them: then looking again is in vain, and ends.)
 */
export const unseen = (rules: readonly Rule[], brought: Brought): readonly string[] => {
  if (brought.kind !== 'rules') return [];
  const seen = new Set(rules.flatMap((rule) => [rule.id ?? '', canonicalKey(rule)]));
  const expected = brought.ids.length > 0 ? brought.ids : brought.contents.map(canonicalKey);
  const stale = (brought.becoming ?? []).filter((one) => rules.some((rule) => isStale(rule, one)));
  return [...expected.filter((key) => !seen.has(key)), ...stale.map(({ id }) => id)];
};
