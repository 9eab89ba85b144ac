import type { CellOptions } from '../../infra/local/run.ts';
import type { LocalAccount, LocalOptions } from '../../infra/local/start.ts';
import type { LineSink } from '../../infra/local/telemetry.ts';
import type { CommandClock } from '../terminal.ts';
import { functionFolder } from './function-folder.ts';
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

/** What a cell on this machine is run with. */
interface GuardedOptions extends LocalOptions, Pick<CellOptions, 'config' | 'policy' | 'otherRegions'> {
  /** Makes what reads the functions' log. */
  readonly reader: (account: LocalAccount) => LineSink;
}

/** The same with a cell: the functions answer every change and keep the times, and AWS Config asks for compliance where it is wanted. */
export const guardedAccount = async ({ reader, ...options }: GuardedOptions, clock: CommandClock): Promise<Running> => {
  const { runCell } = await import('../../infra/local/run.ts');
  const bundle = functionFolder();
  const lines: { read?: LineSink } = {};
  const cell = await runCell({ ...options, bundle, telemetry: (line) => lines.read?.(line) });
  lines.read = reader(cell.local);
  const stop = onSchedule(async () => await cell.tick(), clock);
  return {
    account: cell.local,
    close: async () => {
      stop();
      await cell.close();
    },
  };
};
