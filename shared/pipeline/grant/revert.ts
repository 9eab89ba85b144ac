import { accept } from './accept.ts';
import { onItsOwn } from './asked.ts';
import type { GrantCell } from './cell.ts';
import type { Removal } from './follow.ts';
import type { Gift } from './give.ts';
import { withPresentEntries } from './lists.ts';

/**
 * Rules that a change took away which is to be reverted: back, unless a control finds anything about them. Undefined where there is none.
 */
export const revert = async (
  { entry, found }: Removal,
  cell: GrantCell,
): Promise<Omit<Gift, 'kind' | 'entry' | 'group'> | undefined> => {
  const { decision, change } = entry.plan;
  const findings = decision.mode === 'enforce' ? decision.because.filter(({ lost }) => lost !== undefined) : [];
  const lost = findings.flatMap((finding) => finding.lost ?? []);
  if (lost.length === 0) return undefined;
  const { id: groupId } = decision.group;
  const rules = await withPresentEntries(
    lost.map((content) => ({ ...content, groupId })),
    change.region,
    cell,
  );
  const { accepted, refused } = accept(rules, found, cell.policy);
  const why = findings.map(({ control }) => control).join(', ');
  return {
    ...onItsOwn(`the change that took it away is reverted: ${why}`, cell.ports.clock),
    rules: accepted,
    refused,
  };
};
