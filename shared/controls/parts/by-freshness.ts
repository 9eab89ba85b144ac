import type { Freshness } from '../../domain/controls/finding.ts';
import type { Rule } from '../../domain/rule.ts';

/** Rules under the freshness that they share. */
export interface RulesOfAge {
  readonly freshness: Freshness;
  readonly rules: readonly Rule[];
}

/** Rules told apart by whether the change brought them; a part without rules is left out. */
export const byFreshness = (rules: readonly Rule[], fresh: ReadonlySet<Rule>): readonly RulesOfAge[] => {
  const parts: readonly RulesOfAge[] = [
    { freshness: 'fresh', rules: rules.filter((rule) => fresh.has(rule)) },
    { freshness: 'existing', rules: rules.filter((rule) => !fresh.has(rule)) },
  ];
  return parts.filter((part) => part.rules.length > 0);
};
