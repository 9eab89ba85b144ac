import type { Clock, Notices } from '../../domain/ports.ts';
import type { Recorders } from '../../domain/requests/recorder.ts';
import { dayOf } from '../../policy/days.ts';
import { recorderFaults } from './recorder-faults.ts';

/** Where the recorder is looked at, and who is told. */
export interface RecorderCell {
  readonly account: string;
  readonly ports: {
    readonly recorders: Recorders;
    readonly notices: Pick<Notices, 'announce'>;
    readonly clock: Pick<Clock, 'now'>;
  };
}

/**
 * Tells people where AWS Config does not record what its rules are about: the rules then say nothing, or what was true once. Told again
 * on another day, not twice on the same one.
 *
 * @returns what is wrong; empty where nothing is.
 * @throws CallFailed.
 */
export const checkRecorder = async ({ account, ports }: RecorderCell): Promise<readonly string[]> => {
  const [region, all] = await Promise.all([ports.recorders.region(), ports.recorders.list()]);
  const because = recorderFaults(all);
  if (because.length === 0) return because;
  const id = `not-recorded ${account} ${region} ${dayOf(ports.clock.now())}`;
  await ports.notices.announce({ id, what: 'not-recorded', account, region, because });
  return because;
};
