import type { BudgetAccount, Episodes, Exemptions, Ledger } from '../../shared/domain/ledger.ts';
import type { Confirmations } from '../../shared/domain/requests/confirmation.ts';
import { OfflineLedger } from '../offline/ledger.ts';
import { offlineBudget, offlineConfirmations, offlineEpisodes, offlineExemptions } from '../offline/records.ts';

/** What a cell remembers from one event to the next. */
export interface Memory {
  /** Time of the event that is played, milliseconds since the epoch. */
  now: number;
  readonly ledger: Ledger;
  readonly budget: BudgetAccount;
  readonly exemptions: Exemptions;
  readonly episodes: Episodes;
  readonly confirmations: Confirmations;
}

/** The memory of a cell that has seen no event yet. */
export function newMemory(): Memory {
  const memory: Memory = {
    now: 0,
    ledger: new OfflineLedger({ now: () => 0 }, Number.POSITIVE_INFINITY),
    budget: offlineBudget({ now: () => memory.now }),
    exemptions: offlineExemptions({ now: () => memory.now }),
    episodes: offlineEpisodes({ now: () => memory.now }),
    confirmations: offlineConfirmations(),
  };
  return memory;
}
