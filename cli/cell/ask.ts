import type { DoorOf } from '../../shared/catalogue.ts';
import type { Command, CommandResult } from '../../shared/domain/requests/command.ts';
import type { Person } from '../../shared/domain/requests/person.ts';
import type { Arguments } from '../command.ts';
import type { Terminal } from '../terminal.ts';
import { cellFault } from './fault.ts';
import { FUNCTION_NAME } from './options.ts';

/** Who asks, by AWS's word, and the region of the cell. */
export interface Asker {
  readonly by: Person;
  readonly region: string;
}

/** What a command is signed with besides credentials. */
type Surroundings = Pick<Terminal, 'environment' | 'clock'>;

/** The name or the ARN of a function, with the alias for requests where it has none: the bare function refuses everybody. */
function withDoor(named: string): string {
  const isArn = named.includes(':function:');
  return (isArn ? /:function:[^:]+:/ : /:/).test(named) ? named : `${named}:${'requests' satisfies DoorOf<'onGrant'>}`;
}

/** The option that names the region of the cell. */
type RegionOption = 'region' | 'cell';

const connect = async (args: Arguments, surroundings: Surroundings, regionOption: RegionOption) => {
  const [{ accountClient }, { personalSettings }, { commandClient }, { signedIn }] = await Promise.all([
    import('../../shared/adapters/aws/clients/account-client.ts'),
    import('../../shared/adapters/aws/clients/account-choice.ts'),
    import('../../shared/adapters/aws/lambda/command-client.ts'),
    import('../../shared/adapters/aws/sts/proof-sign.ts'),
  ]);
  const profile = args.value('profile');
  const { environment } = surroundings;
  const { region } = await accountClient({ profile, region: args.value(regionOption), environment });
  const functionName = withDoor(args.value('function') ?? FUNCTION_NAME);
  const settings = personalSettings({ profile, region, environment });
  const { person, prove } = signedIn(settings, surroundings);
  return { region, functionName, send: commandClient(settings, functionName, prove), person };
};

/**
 * Puts a command before the cell's function and waits for its answer. The SDK is loaded here.
 *
 * @throws InputInvalid where no region is known, or the function cannot be called for a reason that a person can put right; CallFailed.
 */
const put = async (
  args: Arguments,
  surroundings: Surroundings,
  commandBy: (cell: Awaited<ReturnType<typeof connect>>) => Promise<Command>,
  regionOption: RegionOption = 'region',
): Promise<CommandResult> => {
  const cell = await connect(args, surroundings, regionOption);
  try {
    return await cell.send(await commandBy(cell));
  } catch (error) {
    const { functionName, region } = cell;
    const called = {
      thing: `function ${functionName}`,
      permission: 'lambda:InvokeFunction',
      option: 'function',
      region,
      regionOption,
      environment: surroundings.environment,
    };
    throw cellFault(error, called);
  }
};

/** Asks the cell for something in the caller's name, with a proof of it. Throws InputInvalid, CallFailed. */
export const ask = async (
  args: Arguments,
  surroundings: Surroundings,
  command: (asker: Asker) => Command,
): Promise<CommandResult> =>
  await put(args, surroundings, async ({ person, region }) => command({ by: await person(), region }));

type List = Extract<Command, { do: 'list' }>;

const nextOf = (page: CommandResult): string | undefined => ('next' in page ? page.next : undefined);

/** An item that is on two pages, because another one came into the list in between, counts once. */
const once = <T extends { readonly id: string }>(items: readonly T[]): readonly T[] => [
  ...new Map(items.map((item) => [item.id, item])).values(),
];

/** Two pages as one. */
const joined = (before: CommandResult, page: CommandResult): CommandResult => {
  if (before.kind === 'exemptions' && page.kind === 'exemptions')
    return { kind: page.kind, exemptions: once([...before.exemptions, ...page.exemptions]) };
  if (before.kind === 'remediations' && page.kind === 'remediations')
    return { kind: page.kind, lines: once([...before.lines, ...page.lines]) };
  return page;
};

/** Asks the cell what there is, page by page: no name is needed. Throws InputInvalid, CallFailed. */
export const look = async (
  args: Arguments,
  surroundings: Surroundings,
  command: List,
  regionOption: RegionOption = 'region',
): Promise<CommandResult> => {
  const page = async (after?: string): Promise<CommandResult> =>
    await put(args, surroundings, async () => ({ ...command, ...(after !== undefined && { after }) }), regionOption);
  const first = await page();
  let [result, next] = [first, nextOf(first)];
  while (next !== undefined) {
    const more = await page(next);
    [result, next] = [joined(result, more), nextOf(more)];
  }
  return result;
};
