import { describe } from 'vitest';
import { OfflineGroupRecords } from '../../../cli/offline/group-records.ts';
import { OfflineLedger } from '../../../cli/offline/ledger.ts';
import { offlineBudget, offlineEpisodes, offlineExemptions } from '../../../cli/offline/records.ts';
import { offlineStorms } from '../../../cli/offline/storms.ts';
import { LEASE_MS } from './clause.ts';
import { ledgerContract } from './contract.ts';
import { START } from './samples.ts';

describe('in memory', () => {
  ledgerContract(async () => {
    const clock = { time: START };
    const now = () => clock.time;
    const state = {
      register: new OfflineLedger({ now }, LEASE_MS),
      budget: offlineBudget({ now }),
      exemptions: offlineExemptions({ now }),
      episodes: offlineEpisodes({ now }),
      records: new OfflineGroupRecords({ now }),
      storms: offlineStorms({ now }),
    };
    return { open: () => state, clock };
  });
});
