import type { Clock } from '../domain/ports.ts';

/** Groups of one request: as many as on-change looks at within its time. */
const AT_ONCE = 100;

/** Pause between two requests, ms: the look at 100 groups takes about six paged calls, of which EC2 gives 20 a second. */
const PAUSE_MS = 300;

/** Asks for looks at many groups, in batches that on-change can handle, one after the other. Rejects with what `request` rejects with. */
export const lookInBatches = async <T>(
  groups: readonly T[],
  clock: Pick<Clock, 'sleep'>,
  request: (some: readonly T[]) => Promise<void>,
): Promise<void> => {
  for (let from = 0; from < groups.length; from += AT_ONCE) {
    if (from > 0) await clock.sleep(PAUSE_MS);
    await request(groups.slice(from, from + AT_ONCE));
  }
};
