import type { Change } from '../domain/change.ts';
import { RemediatorError } from '../domain/errors.ts';
import type { CloudTrailHistory } from '../domain/ledger.ts';

/** CloudTrail's answer about the change in an event. */
export type ChangeConfirmation =
  | { readonly kind: 'confirmed'; readonly change: Change }
  /** CloudTrail may have it later. */
  | { readonly kind: 'not-yet'; readonly because: string };

/**
 * Asks CloudTrail for its own record of an event. An event alone grants nothing: only CloudTrail's record
 * counts. A failed call counts as not yet confirmed, so that a throttled CloudTrail delays no removal.
 */
export async function confirmChange(
  { id, region }: Pick<Change, 'id' | 'region'>,
  { trail }: { readonly trail: CloudTrailHistory },
): Promise<ChangeConfirmation> {
  try {
    const change = await trail.findChange(id, region);
    if (change !== undefined) return { kind: 'confirmed', change };
    return { kind: 'not-yet', because: `CloudTrail has no event ${id} in ${region}` };
  } catch (error) {
    if (error instanceof RemediatorError) return { kind: 'not-yet', because: error.message };
    throw error;
  }
}
