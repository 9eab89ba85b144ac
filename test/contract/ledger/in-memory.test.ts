import { describe } from 'vitest';
import { InMemoryLedger } from '../../../cli/commands/simulate/in-memory-ledger.ts';
import {
  InMemoryGroupRecords,
  inMemoryBudget,
  inMemoryEpisodes,
  inMemoryExemptions,
} from '../../../cli/commands/simulate/in-memory-stores.ts';
import { LEASE_MS } from './clause.ts';
import { ledgerContract } from './contract.ts';
import { inMemoryBursts } from './in-memory-bursts.ts';
import { START } from './samples.ts';

describe('in memory', () => {
  ledgerContract(async () => {
    const clock = { time: START };
    const now = () => clock.time;
    const stores = {
      exemptions: inMemoryExemptions({ now }),
      episodes: inMemoryEpisodes({ now }),
      records: new InMemoryGroupRecords({ now }),
    };
    const state = {
      ...stores,
      register: new InMemoryLedger({ now }, LEASE_MS, stores),
      budget: inMemoryBudget({ now }),
      bursts: inMemoryBursts({ now }),
    };
    return { open: () => state, clock };
  });
});
