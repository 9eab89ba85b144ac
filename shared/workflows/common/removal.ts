import type { Outcome } from '../../domain/decision.ts';
import type { Entry } from '../../domain/ledger.ts';
import type { Present } from './present.ts';

/** A removal that is over, and the group as it is now. */
export interface Removal {
  readonly entry: Entry;
  readonly outcome: Outcome;
  readonly found: Present;
}
