import type { Change } from '../../domain/change.ts';
import { CONFIRM_WITHIN_MS, type LedgerEntry } from '../../domain/ledger.ts';
import { confirmChange } from '../../remediation/confirm.ts';
import type { GrantCell } from './cell.ts';

/** Whether CloudTrail has the change that a plan was made for. */
export type ChangeProof =
  | { readonly kind: 'proven'; readonly change: Change }
  /** It waits in the ledger, and on-schedule asks on-grant again. */
  | { readonly kind: 'waits' }
  /** CloudTrail has not had it within an hour. */
  | { readonly kind: 'unproven'; readonly because: string };

/**
 * Asks CloudTrail for the change that a plan was made for, before anything is granted because of what the change says: the ledger has that
 * from an event.
 *
 * @throws CallFailed of the ledger.
 */
export async function proveChange({ plan }: LedgerEntry, { ports }: GrantCell): Promise<ChangeProof> {
  const { change, decision, id } = plan;
  const answer = await confirmChange(change, ports);
  if (answer.kind === 'confirmed') return { kind: 'proven', change: answer.change };
  const { because } = answer;
  const since = ports.clock.now();
  if (since - plan.at >= CONFIRM_WITHIN_MS) return { kind: 'unproven', because };
  const { id: eventId, account, region } = change;
  const groupId = decision.group.id;
  await ports.confirmations.add({ what: 'restore', eventId, account, region, groupId, planId: id, since, because });
  return { kind: 'waits' };
}
