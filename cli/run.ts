import { InputInvalid, RemediatorError } from '../shared/domain/errors.ts';
import { plain } from '../shared/network/text/format.ts';
import { didYouMean } from '../shared/policy/schema/suggest.ts';
import { type Command, EXIT, type ExitCode } from './command.ts';
import { COMMANDS } from './commands.ts';
import { commandHelp, overview } from './help.ts';
import { parseArguments } from './parse-arguments.ts';
import type { Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

const ISSUES = 'This is a fault of Portcullis; please report it with the lines above.';

const runCommand = async (command: Command, argv: readonly string[], terminal: Terminal): Promise<ExitCode> => {
  const args = parseArguments(argv, command);
  if (!args.has('help')) return await command.run(args, terminal);
  terminal.out(commandHelp(command));
  return EXIT.clean;
};

const commandNamed = (name: string): Command => {
  const command = COMMANDS.find((one) => one.name === name);
  if (command !== undefined) return command;
  const names = COMMANDS.map((one) => one.name);
  throw new InputInvalid(
    `${JSON.stringify(name)} is not a command${didYouMean(name, names)}; there are ${names.join(', ')}`,
  );
};

/** `help`, or `help COMMAND`. Further arguments do not count, as after `COMMAND --help`. */
const showHelp = ([name]: readonly string[], terminal: Terminal): ExitCode => {
  terminal.out(name === undefined ? overview(COMMANDS) : commandHelp(commandNamed(name)));
  return EXIT.done;
};

const showVersion = (terminal: Terminal): ExitCode => {
  terminal.out(`portcullis ${VERSION}\n`);
  return EXIT.done;
};

const dispatch = async (argv: readonly string[], terminal: Terminal): Promise<ExitCode> => {
  const [name, ...rest] = argv;
  switch (name) {
    case undefined:
      showHelp([], terminal);
      return EXIT.error;
    case 'help':
    case '--help':
    case '-h':
      return showHelp(rest, terminal);
    case '--version':
    case '-V':
      return showVersion(terminal);
    default:
      return await runCommand(commandNamed(name), rest, terminal);
  }
};

/** Says what is wrong: what a user can put right in a line each, a fault of ours with its stack. */
const report = (error: unknown, terminal: Terminal): void => {
  if (error instanceof RemediatorError) {
    for (const line of error.message.split('\n')) terminal.err(`portcullis: ${plain(line)}\n`);
    return;
  }
  terminal.err(`portcullis: ${error instanceof Error ? error.stack : String(error)}\n${ISSUES}\n`);
};

/** Runs the command line. Never rejects: whatever goes wrong is said on standard error and ends in exit code 2. */
export const run = async (argv: readonly string[], terminal: Terminal): Promise<ExitCode> => {
  try {
    return await dispatch(argv, terminal);
  } catch (error) {
    report(error, terminal);
    return EXIT.error;
  }
};
