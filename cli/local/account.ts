import type { CellOptions } from '../../infra/local/run.ts';
import type { LocalAccount, LocalOptions } from '../../infra/local/start.ts';
import type { CommandClock } from '../terminal.ts';
import { functionBundle } from './function-bundle.ts';
import { onSchedule } from './on-schedule.ts';

/** What runs on this machine: an account, with a cell in it or without. */
export interface Running {
  readonly account: LocalAccount;
  readonly close: () => Promise<void>;
}

/** An account that nobody keeps closed. Rejects where the port is taken or EC2 would refuse the estate. */
export const bareAccount = async (options: LocalOptions): Promise<Running> => {
  const { startLocalAccount } = await import('../../infra/local/start.ts');
  const account = await startLocalAccount(options);
  return { account, close: async () => await account.close() };
};

/** The same with a cell: the bundled functions answer every change and keep the times, and AWS Config asks for compliance where it is wanted. */
export const guardedAccount = async (
  options: LocalOptions & Pick<CellOptions, 'config' | 'otherRegions'>,
  clock: CommandClock,
): Promise<Running> => {
  const [{ runCell }, bundle] = await Promise.all([import('../../infra/local/run.ts'), functionBundle()]);
  const cell = await runCell({ ...options, bundle });
  const stop = onSchedule(async () => await cell.tick(), clock);
  return {
    account: cell.local,
    close: async () => {
      stop();
      await cell.close();
    },
  };
};
