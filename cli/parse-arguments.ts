import { parseArgs } from 'node:util';
import { InputInvalid } from '../shared/domain/errors.ts';
import { type Arguments, type Command, optionsOf } from './command.ts';

const isParseError = (error: unknown): error is TypeError & { readonly code: string } =>
  error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');

const configOf = (command: Command): Record<string, { type: 'boolean' | 'string'; short?: string }> => ({
  ...Object.fromEntries(
    Object.entries(optionsOf(command)).map(([name, { value }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  ),
  help: { type: 'boolean', short: 'h' },
});

const parsed = (argv: readonly string[], command: Command) =>
  parseArgs({ args: [...argv], options: configOf(command), allowPositionals: true });

const parse = (argv: readonly string[], command: Command): ReturnType<typeof parsed> => {
  try {
    return parsed(argv, command);
  } catch (error) {
    if (!isParseError(error)) throw error;
    const [first = error.message] = error.message.split(/\. |\n/);
    throw new InputInvalid(`${first}; see portcullis ${command.name} --help`, { cause: error });
  }
};

/**
 * Reads a command's arguments. `--help` is understood by every command; the other options are those that it declares.
 *
 * @throws InputInvalid for an option that the command does not have, a value that is missing, an argument too many.
 */
export const parseArguments = (argv: readonly string[], command: Command): Arguments => {
  const { values, positionals } = parse(argv, command);
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
};
