import type { Revoked } from '../../shared/domain/ports.ts';
import type { Rule } from '../../shared/domain/rule.ts';
import { contentKey } from '../../shared/network/rule-key.ts';
import { statesOf } from '../../shared/network/text/rule-states.ts';

/** What a revoke by content does to the rules of a group in memory. */
export interface RevokedInMemory extends Pick<Revoked, 'removed' | 'gone' | 'changed'> {
  /** The rules that are left. */
  readonly left: readonly Rule[];
}

/** Removes the rules that have exactly the contents that were decided on, whatever their ids, as EC2 does. Pure. */
export const revokeByContent = (rules: readonly Rule[], decided: readonly Rule[]): RevokedInMemory => {
  const contents = new Set(decided.map(contentKey));
  const removed = rules.filter((rule) => contents.has(contentKey(rule)));
  const left = rules.filter((rule) => !contents.has(contentKey(rule)));
  const [ids, keys] = [new Set(removed.map(({ id }) => id)), new Set(removed.map(contentKey))];
  const { changed, gone } = statesOf(
    decided.filter(({ id }) => !ids.has(id)),
    left,
  );
  return { removed, left, changed, gone: gone.filter((rule) => !keys.has(contentKey(rule))) };
};
