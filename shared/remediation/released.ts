import type { Change } from '../domain/change.ts';
import type { Ledger } from '../domain/ledger.ts';
import { ruleKey } from '../network/rule-key.ts';

/** Where the ledger has the plan that a person let go. */
export interface ReleasePointer {
  readonly groupId: string;
  readonly planId: string;
}

/**
 * The change that a released plan comes to: the group is looked at again as on the first occasion, and decided anew. Undefined where the
 * ledger does not have the plan as released: the pointer alone proves nothing. Throws CallFailed.
 */
export const releasedChange = async (
  { groupId, planId }: ReleasePointer,
  ledger: Pick<Ledger, 'find'>,
): Promise<Change | undefined> => {
  const entry = await ledger.find(groupId, planId);
  if (entry?.answer?.verdict !== 'released') return undefined;
  const { verdict: _, ...asked } = entry.answer;
  const { change, decision } = entry.plan;
  return {
    ...change,
    scope: { by: 'group-id', ids: [groupId] },
    released: {
      planId,
      asked,
      rules: [...decision.rules, ...decision.because.flatMap(({ lost = [] }) => lost)].map(ruleKey),
    },
  };
};
