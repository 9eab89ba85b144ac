import type { Change } from '../domain/change.ts';
import { RemediatorError } from '../domain/errors.ts';
import type { CloudTrailHistory } from '../domain/ledger.ts';

/** What CloudTrail says of a change that an event claims. */
export type ChangeConfirmation =
  | { readonly kind: 'confirmed'; readonly change: Change }
  /** It may confirm it later: why it does not now. */
  | { readonly kind: 'not-yet'; readonly because: string };

/**
 * Asks CloudTrail for its own record of an event. Nothing that an event claims may grant anything before that: only what this answers with
 * counts. It never fails, so that a call of CloudTrail's that is throttled holds up no closing.
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
