import { onItsOwn } from './asked.ts';
import type { GrantCell } from './cell.ts';
import type { Removal } from './follow.ts';
import type { Gift } from './give.ts';
import { withPresentEntries } from './lists.ts';
import { objectionsTo } from './objections.ts';
import { saidAgainst } from './objections-text.ts';

const REASON = 'it had been changed before it was removed, so that what went was not what had been judged';

/**
 * Rules that went though they were not what had been judged: back at once, unless a control would close them as they are. Undefined where
 * there is none.
 */
export const putBack = async (
  { entry, outcome, found }: Removal,
  cell: GrantCell,
): Promise<Omit<Gift, 'kind' | 'entry' | 'group'> | undefined> => {
  if (outcome.drifted.length === 0) return undefined;
  const drifted = await withPresentEntries(outcome.drifted, entry.plan.change.region, cell);
  const ceiling = await cell.ports.switch.ceiling();
  const decisions = objectionsTo(drifted, found, { policy: cell.policy, ceiling, from: 'enforce' });
  const isClosed = (rule: (typeof drifted)[number]) => decisions.some(({ rules }) => rules.includes(rule));
  return {
    ...onItsOwn(REASON, cell.ports.clock),
    rules: drifted.filter((rule) => !isClosed(rule)),
    refused: drifted
      .filter(isClosed)
      .map((rule) => ({ rule, reason: `a control closes it as it is: ${saidAgainst(rule, decisions).join('; ')}` })),
  };
};
