import { existsSync } from 'node:fs';
import path from 'node:path';
import type { LineSink } from '../../infra/local/cell/containers.ts';
import type { CellOptions } from '../../infra/local/cell/run-cell.ts';
import type { LocalAccount, LocalOptions } from '../../infra/local/start.ts';
import { SCHEDULE_MINUTES } from '../../shared/catalogue.ts';
import { InputInvalid } from '../../shared/domain/errors.ts';
import type { CommandClock } from '../terminal.ts';

/** An embedded account, with or without a cell. */
export interface RunningAccount {
  readonly account: LocalAccount;
  readonly close: () => Promise<void>;
}

const PERIOD_MS = SCHEDULE_MINUTES * 60_000;

/**
 * Calls `tick` as often as EventBridge does in AWS, and skips a call while the previous one is running.
 * Returns a function that stops it.
 */
export function onSchedule(tick: () => Promise<void>, clock: CommandClock): () => void {
  let running = false;
  return clock.every(PERIOD_MS, () => {
    if (running) return;
    running = true;
    void tick().finally(() => {
      running = false;
    });
  });
}

/** Starts an account without a cell. Rejects if the port is taken or EC2 would refuse the estate. */
export async function bareAccount(options: LocalOptions): Promise<RunningAccount> {
  const { startLocalAccount } = await import('../../infra/local/start.ts');
  const account = await startLocalAccount(options);
  return { account, close: async () => await account.close() };
}

/** Options of an account with a cell. */
interface GuardedOptions extends LocalOptions, Pick<CellOptions, 'config' | 'policy' | 'otherRegions'> {
  /** Makes the reader of the functions' log. */
  readonly reader: (account: LocalAccount) => LineSink;
}

/**
 * Starts an account with a cell: its functions handle every change and run on schedule, and AWS Config
 * evaluates compliance if enabled.
 */
export async function guardedAccount(
  { reader, ...options }: GuardedOptions,
  clock: CommandClock,
): Promise<RunningAccount> {
  const { runCell } = await import('../../infra/local/cell/run-cell.ts');
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
}

/**
 * Folders of on-change, relative to this file: in a build, seen from the entry and from the parts of the
 * command line; then in the source, which needs no build because Node runs TypeScript.
 */
const FOLDERS = ['../functions/on-change', '../../functions/on-change'];

const HANDLERS = ['handler.mjs', 'handler.ts'];

/** The folder of on-change. The other functions are beside it. Throws InputInvalid if there is none. */
function functionFolder(): string {
  const folders = FOLDERS.map((place) => path.resolve(import.meta.dirname, place));
  const found = folders.find((folder) => HANDLERS.some((file) => existsSync(path.join(folder, file))));
  if (found !== undefined) return found;
  throw new InputInvalid('--remediate: there are no bundled functions beside the command line: run npm run build');
}
