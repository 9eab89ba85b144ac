import { once } from 'node:events';

/** Where a command reads and writes. Injected, so that tests can run commands in memory. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether `out` shows colours. */
  readonly colour: boolean;
  /** Standard input, which comes once only. */
  readonly stdin: () => AsyncIterable<Uint8Array>;
  /** Resolves when the user asks the command to stop. */
  readonly stopped: () => Promise<void>;
}

/**
 * Whether to colour: on a terminal only, and not where NO_COLOR is set to anything.
 *
 * @see https://no-color.org
 */
export const wantsColour = (environment: NodeJS.ProcessEnv, isTerminal: boolean): boolean =>
  isTerminal && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';

/** A reader that closes the pipe early (`| head`) has what it wanted: that is no failure. */
const ignoreClosedPipe = (stream: NodeJS.WriteStream): void => {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
};

/** The process's own standard streams. */
export const processTerminal = (): Terminal => {
  ignoreClosedPipe(process.stdout);
  ignoreClosedPipe(process.stderr);
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    colour: wantsColour(process.env, process.stdout.isTTY),
    stdin: () => process.stdin,
    stopped: async () => void (await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])),
  };
};
