import type { Reexamine } from '../../../domain/grants.ts';
import type { Entry } from '../../../domain/ledger.ts';
import { wrapLookRequest } from '../../../events/requests/look-request.ts';
import { chunks } from '../paging.ts';
import { invokeLater, type Lambda } from './invoke.ts';

/** Groups of one request: as many as the function looks at within its time. */
const GROUPS_AT_ONCE = 100;

const pointerTo = ({ plan }: Entry) => ({ groupId: plan.decision.group.id, planId: plan.id });

/** Asks the function of this name to look again. The name has the alias for requests. */
export const reexamine = (lambda: Lambda, functionName: string): Reexamine => ({
  release: async (entry) => invokeLater(lambda, functionName, wrapLookRequest({ do: 'release', ...pointerTo(entry) })),
  takeBack: async (entry) =>
    invokeLater(lambda, functionName, wrapLookRequest({ do: 'take-back', ...pointerTo(entry) })),
  replay: async (eventId, region) =>
    invokeLater(lambda, functionName, wrapLookRequest({ do: 'look', groupIds: [], region, eventId })),
  async look(groupIds, region, limit) {
    const terms = { region, ...(limit === 'hold' && { hold: true as const }) };
    for (const part of chunks(groupIds, GROUPS_AT_ONCE))
      await invokeLater(lambda, functionName, wrapLookRequest({ do: 'look', groupIds: part, ...terms }));
  },
});
