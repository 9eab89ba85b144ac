import { once } from 'node:events';
import type { Clock, Environment } from '../shared/domain/runtime.ts';

/** The clock of commands. */
export interface CommandClock extends Pick<Clock, 'now'> {
  /** Calls `action` every `ms` until the function that it returns is called. */
  readonly every: (ms: number, action: () => void) => () => void;
}

/**
 * The input, output, environment and clock of a command. It is injected so that tests can run commands in
 * memory.
 */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether `out` shows colours. */
  readonly colour: boolean;
  /** Standard input. It can be read only once. */
  readonly stdin: () => AsyncIterable<Uint8Array>;
  /** Resolves when the user asks the command to stop. */
  readonly stopped: () => Promise<void>;
  readonly environment: Environment;
  readonly clock: CommandClock;
}

/**
 * Colours are used on a terminal only, and not if NO_COLOR is set.
 *
 * @see https://no-color.org
 */
export function wantsColour(environment: Environment, isTerminal: boolean): boolean {
  return isTerminal && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
}

/** Ignores the error that a reader causes when it closes the pipe early, such as `| head`. */
function ignoreClosedPipe(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

/** The machine's clock and the process's environment. */
export const processSurroundings: Pick<Terminal, 'environment' | 'clock'> = {
  environment: process.env,
  clock: {
    now: () => Date.now(),
    every: (ms, action) => {
      const timer = setInterval(action, ms);
      return () => clearInterval(timer);
    },
  },
};

/** The terminal of this process: its standard streams, environment and clock. */
export function processTerminal(): Terminal {
  ignoreClosedPipe(process.stdout);
  ignoreClosedPipe(process.stderr);
  return {
    ...processSurroundings,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    colour: wantsColour(process.env, process.stdout.isTTY),
    stdin: () => process.stdin,
    stopped: async () => void (await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])),
  };
}
