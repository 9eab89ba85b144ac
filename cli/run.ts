import { parseArgs } from 'node:util';
import { InputInvalid, RemediatorError } from '../shared/domain/errors.ts';
import { sanitize } from '../shared/network/format.ts';
import { didYouMean } from '../shared/policy/schema/issues.ts';
import { type Arguments, type Command, EXIT, type ExitCode, optionsOf, VERSION } from './command.ts';
import { COMMANDS } from './commands/registry.ts';
import { commandHelp, overview } from './help.ts';
import type { Terminal } from './terminal.ts';

/** Runs the command line. Never rejects: an error is printed on standard error and ends with exit code 2. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    return await dispatch(argv, terminal);
  } catch (error) {
    printError(error, terminal);
    return EXIT.error;
  }
}

async function dispatch(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
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
}

/** Prints the help for `help` or `help COMMAND`. Further arguments are ignored, as after `COMMAND --help`. */
function showHelp([name]: readonly string[], terminal: Terminal): ExitCode {
  terminal.out(name === undefined ? overview(COMMANDS) : commandHelp(commandNamed(name)));
  return EXIT.done;
}

function commandNamed(name: string): Command {
  const command = COMMANDS.find((one) => one.name === name);
  if (command !== undefined) return command;
  const names = COMMANDS.map((one) => one.name);
  throw new InputInvalid(
    `${JSON.stringify(name)} is not a command${didYouMean(name, names)}; there are ${names.join(', ')}`,
  );
}

function showVersion(terminal: Terminal): ExitCode {
  terminal.out(`portcullis ${VERSION}\n`);
  return EXIT.done;
}

async function runCommand(command: Command, argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const args = parseArguments(argv, command);
  if (!args.has('help')) return await command.run(args, terminal);
  terminal.out(commandHelp(command));
  return EXIT.clean;
}

/**
 * Parses the arguments of a command.
 *
 * @throws InputInvalid for an unknown option, a missing value, or too many arguments.
 */
function parseArguments(argv: readonly string[], command: Command): Arguments {
  const { values, positionals } = parseOrExplain(argv, command);
  const extra = positionals[command.most];
  if (extra !== undefined && values['help'] !== true) {
    throw new InputInvalid(`${extra} is one argument too many; see portcullis ${command.name} --help`);
  }
  return {
    positionals,
    value: (name) => {
      const value = values[name];
      return typeof value === 'string' ? value : undefined;
    },
    has: (name) => values[name] === true,
  };
}

function parseOrExplain(argv: readonly string[], command: Command): ReturnType<typeof parseWith> {
  try {
    return parseWith(argv, command);
  } catch (error) {
    if (!isParseError(error)) throw error;
    const [first = error.message] = error.message.split(/\. |\n/);
    throw new InputInvalid(`${first}; see portcullis ${command.name} --help`, { cause: error });
  }
}

function parseWith(argv: readonly string[], command: Command) {
  return parseArgs({ args: [...argv], options: parseConfig(command), allowPositionals: true });
}

function parseConfig(command: Command): Record<string, { type: 'boolean' | 'string'; short?: string }> {
  return {
    ...Object.fromEntries(
      Object.entries(optionsOf(command)).map(([name, { value }]) => [
        name,
        { type: value === undefined ? ('boolean' as const) : ('string' as const) },
      ]),
    ),
    help: { type: 'boolean', short: 'h' },
  };
}

function isParseError(error: unknown): error is TypeError & { readonly code: string } {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

const ISSUES = 'This is a fault of Portcullis; please report it with the lines above.';

/**
 * Prints an error: one line for each problem that the user can correct, a stack trace for a fault of
 * Portcullis.
 */
function printError(error: unknown, terminal: Terminal): void {
  if (error instanceof RemediatorError) {
    for (const line of error.message.split('\n')) terminal.err(`portcullis: ${sanitize(line)}\n`);
    return;
  }
  terminal.err(`portcullis: ${error instanceof Error ? error.stack : String(error)}\n${ISSUES}\n`);
}
