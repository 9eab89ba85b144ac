import type { Change } from '../../domain/change.ts';
import { CONFIRM_WITHIN_MS, type LedgerEntry } from '../../domain/ledger.ts';
import { confirmChange } from '../../remediation/confirm.ts';
import type { GrantCell } from './cell.ts';

/** Whether CloudTrail has the change of a plan. */
export type ChangeProof =
  | { readonly kind: 'proven'; readonly change: Change }
  /** The request waits in the ledger, and on-schedule sends it again. */
  | { readonly kind: 'waits' }
  /** CloudTrail did not have the change within an hour. */
  | { readonly kind: 'unproven'; readonly because: string };

/**
 * Asks CloudTrail for the change of a plan before anything is granted because of it, because the ledger has
 * the change from an event.
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
