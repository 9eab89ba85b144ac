import { existsSync } from 'node:fs';
import path from 'node:path';
import type { LineSink } from '../../infra/local/cell/containers.ts';
import type { CellOptions } from '../../infra/local/cell/run-cell.ts';
import type { LocalAccount, LocalOptions } from '../../infra/local/start.ts';
import { SCHEDULE_MINUTES } from '../../shared/catalogue.ts';
import { InputInvalid } from '../../shared/domain/errors.ts';
import type { CommandClock } from '../terminal.ts';

/**
 * Where on-change is, seen from this file: as `npm run build` puts it beside the bundled command line (from its entry, and from its
 * parts), or as the project's source has it. The source needs no build, because Node runs TypeScript.
 */
const FOLDERS = ['../functions/on-change', '../../functions/on-change'];

const HANDLERS = ['handler.mjs', 'handler.ts'];

/** Folder of on-change; the other functions are beside it. Throws InputInvalid if it is in none of the places. */
function functionFolder(): string {
  const folders = FOLDERS.map((place) => path.resolve(import.meta.dirname, place));
  const found = folders.find((folder) => HANDLERS.some((file) => existsSync(path.join(folder, file))));
  if (found !== undefined) return found;
  throw new InputInvalid('--remediate: the functions are not beside the command line: run npm run build');
}

const PERIOD_MS = SCHEDULE_MINUTES * 60_000;

/** Calls `tick` as often as EventBridge does in AWS, unless the one before is still at it; returns how to stop. */
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

/** What runs on this machine: an account, with a cell in it or without. */
export interface RunningAccount {
  readonly account: LocalAccount;
  readonly close: () => Promise<void>;
}

/** An account that nobody keeps closed. Rejects where the port is taken or EC2 would refuse the estate. */
export async function bareAccount(options: LocalOptions): Promise<RunningAccount> {
  const { startLocalAccount } = await import('../../infra/local/start.ts');
  const account = await startLocalAccount(options);
  return { account, close: async () => await account.close() };
}

/** What a cell on this machine is run with. */
interface GuardedOptions extends LocalOptions, Pick<CellOptions, 'config' | 'policy' | 'otherRegions'> {
  /** Makes what reads the functions' log. */
  readonly reader: (account: LocalAccount) => LineSink;
}

/** The same with a cell: the functions answer every change and keep the times, and AWS Config asks for compliance where it is wanted. */
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
