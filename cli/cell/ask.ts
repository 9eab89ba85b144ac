import type { Command, CommandResult } from '../../shared/model/command.ts';
import type { Person } from '../../shared/model/person.ts';
import type { Arguments } from '../command.ts';
import { cellFault } from './fault.ts';
import { FUNCTION_NAME } from './options.ts';

/** Who asks, by AWS's word, and the region of the cell. */
export interface Asker {
  readonly by: Person;
  readonly region: string;
}

const connect = async (args: Arguments) => {
  const [{ accountClient }, { commandClient }, { signedIn }] = await Promise.all([
    import('../../shared/aws/account-client.ts'),
    import('../../shared/aws/command-client.ts'),
    import('../../shared/aws/proof-sign.ts'),
  ]);
  const profile = args.value('profile');
  const { region } = await accountClient({ profile, region: args.value('region') });
  const functionName = args.value('function') ?? FUNCTION_NAME;
  const { person, prove } = signedIn({ profile, region });
  return { region, functionName, send: await commandClient({ profile, region, functionName }, prove), person };
};

/**
 * Puts a command before the cell's function and waits for its answer. The SDK is loaded here.
 *
 * @throws InputInvalid where no region is known, or the function cannot be called for a reason that a person can put right; CallFailed.
 */
const put = async (
  args: Arguments,
  commandBy: (cell: Awaited<ReturnType<typeof connect>>) => Promise<Command>,
): Promise<CommandResult> => {
  const cell = await connect(args);
  try {
    return await cell.send(await commandBy(cell));
  } catch (error) {
    const { functionName, region } = cell;
    const called = {
      thing: `function ${functionName}`,
      permission: 'lambda:InvokeFunction',
      option: 'function',
      region,
    };
    throw cellFault(error, called);
  }
};

/** Asks the cell for something in the caller's name, with a proof of it. Throws InputInvalid, CallFailed. */
export const ask = async (args: Arguments, command: (asker: Asker) => Command): Promise<CommandResult> =>
  await put(args, async ({ person, region }) => command({ by: await person(), region }));

/** Asks the cell what there is: no name is needed. Throws InputInvalid, CallFailed. */
export const look = async (args: Arguments, command: Extract<Command, { do: 'list' }>): Promise<CommandResult> =>
  await put(args, async () => command);
