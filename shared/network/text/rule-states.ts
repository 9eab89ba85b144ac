import type { Rule } from '../../domain/rule.ts';
import { contentKey } from '../rule-key.ts';

/** Rules as they were decided on, by what has become of them. */
export interface RuleStates {
  /** The id still has the content that was decided on. */
  readonly same: readonly Rule[];
  /** The id exists with other content: ids survive ModifySecurityGroupRules. */
  readonly changed: readonly Rule[];
  /** The id no longer exists. */
  readonly gone: readonly Rule[];
}

/** Compares rules as they were decided on with the rules that exist now. Pure. */
export const statesOf = (decided: readonly Rule[], present: readonly Rule[]): RuleStates => {
  const contents = new Map(present.map((rule) => [rule.id, contentKey(rule)]));
  const states = Map.groupBy(decided, (rule): keyof RuleStates => {
    const content = contents.get(rule.id);
    if (content === undefined) return 'gone';
    return content === contentKey(rule) ? 'same' : 'changed';
  });
  return { same: states.get('same') ?? [], changed: states.get('changed') ?? [], gone: states.get('gone') ?? [] };
};
