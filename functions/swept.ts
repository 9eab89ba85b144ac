import type { Context } from 'aws-lambda';
import type { Cell } from '../shared/aws/cell.ts';
import type { recordPorts } from '../shared/aws/grant-cell-records.ts';
import type { Policy } from '../shared/model/policy.ts';
import type { SweepRequest } from '../shared/model/sweep.ts';
import type { Swept } from '../shared/pipeline/sweep/sweep.ts';
import { accountOf } from './account.ts';
import { cellRegions } from './regions.ts';

/** What a sweep is made of. */
interface SweepParts {
  readonly policy: Policy;
  readonly ports: ReturnType<typeof recordPorts>;
  readonly settings: Cell;
  readonly context: Context;
}

/** Sweeps, or goes on with it. Its code is loaded when it is asked for: most calls of on-schedule keep times. Throws as `sweep`. */
export const swept = async (
  request: SweepRequest,
  { policy, ports, settings, context }: SweepParts,
): Promise<Swept> => {
  const [{ sweep }, { sweepReach }] = await Promise.all([
    import('../shared/pipeline/sweep/sweep.ts'),
    import('../shared/aws/sweep-cell.ts'),
  ]);
  return await sweep(request, {
    policy,
    account: accountOf(context),
    regions: cellRegions(),
    remainingMs: () => context.getRemainingTimeInMillis(),
    ports: { ...ports, ...sweepReach(settings, context.functionName) },
  });
};
