import type { GrantPorts } from '../../domain/grants.ts';
import type { Rule } from '../../domain/rule.ts';
import { canonicalKey } from '../../network/canonical.ts';

/** Records rules as granted by the cell, so that the event of the grant is known as its own. Throws CallFailed. */
export const recordGrant = async (
  groupId: string,
  granted: readonly Rule[],
  { ports }: { readonly ports: Pick<GrantPorts, 'records' | 'clock'> },
): Promise<void> => {
  const at = ports.clock.now();
  const ours = granted.flatMap((rule) =>
    rule.id === undefined ? [] : [{ what: 'granted' as const, ruleId: rule.id, content: canonicalKey(rule), at }],
  );
  if (ours.length > 0) await ports.records.change(groupId, { remember: { ours } });
};
