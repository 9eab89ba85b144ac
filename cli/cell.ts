import { type DoorOf, doorName } from '../shared/catalogue.ts';
import type { Command, CommandResult, ExemptionTerms } from '../shared/domain/command.ts';
import { REMEDIATION_ID } from '../shared/domain/decision.ts';
import { InputInvalid } from '../shared/domain/errors.ts';
import { LONGEST_EXEMPTION_MS, LONGEST_FOR_EVERY_GROUP_MS } from '../shared/domain/exemption.ts';
import type { Person } from '../shared/domain/identity.ts';
import { isBlank } from '../shared/domain/message.ts';
import { explainFailure } from './aws-failure.ts';
import type { Arguments } from './command.ts';
import type { Terminal } from './terminal.ts';

/** Options of every command that talks to a cell with the caller's own credentials. */
export const ACCOUNT_OPTIONS = {
  region: { value: 'REGION', help: 'the region that the cell runs in' },
  profile: { value: 'NAME', help: "a profile of the AWS CLI's configuration" },
} as const;

/** The function that carries out commands, with its alias for requests, in a stack with the default name. */
export const FUNCTION_NAME = doorName('onGrant', 'requests');

/** Options of every command that the function carries out. */
export const CELL_OPTIONS = {
  ...ACCOUNT_OPTIONS,
  function: { value: 'NAME', help: `the function of the cell that obeys (default ${FUNCTION_NAME})` },
} as const;

/** The help of `--dry-run`, for commands that the cell can answer without carrying them out. */
export const DRY_RUN_HELP = 'print what the cell would answer, and change nothing';

/** `--reason`, for every command that changes something. */
export const REASON_OPTION = { value: 'TEXT', help: 'why: goes on the record, and people are told' } as const;

/** Reads a required option. Throws InputInvalid with the purpose if the option is missing or blank. */
export function requiredValue(args: Arguments, name: string, purpose: string): string {
  const given = args.value(name)?.trim() ?? '';
  if (isBlank(given)) throw new InputInvalid(`--${name} is needed: ${purpose}`);
  return given;
}

/** Reads `--reason`, which is recorded. Throws InputInvalid if it is missing. */
export function reasonFrom(args: Arguments): string {
  return requiredValue(args, 'reason', 'why, in words for the record');
}

/**
 * Reads an option that is a whole number from `least` to `most`. Returns undefined if the option is not
 * given. Throws InputInvalid for any other value.
 */
export function numberFrom(args: Arguments, name: string, least: number, most: number): number | undefined {
  const given = args.value(name);
  if (given === undefined) return undefined;
  const number = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new InputInvalid(`--${name} ${JSON.stringify(given)}: expected a whole number from ${least} to ${most}`);
}

/**
 * Reads the id of a remediation, the only argument. Case and blanks at the ends are ignored. Throws
 * InputInvalid if it is missing or is not an id.
 */
export function remediationIdFrom({ positionals: [given] }: Arguments): string {
  const id = given?.trim().toLowerCase() ?? '';
  if (REMEDIATION_ID.test(id)) return id;
  const problem =
    given === undefined
      ? 'the id of a remediation is needed'
      : `${JSON.stringify(given)} is not the id of a remediation`;
  throw new InputInvalid(`${problem}, 26 letters and digits: it is in the alert and in portcullis remediations`);
}

const DAY_MS = 86_400_000;

const LONGEST_DAYS = LONGEST_EXEMPTION_MS / DAY_MS;

/** The longest duration of an exemption that covers every group, in days. */
export const LONGEST_FOR_EVERY_GROUP_DAYS = LONGEST_FOR_EVERY_GROUP_MS / DAY_MS;

/** The help of the options for the terms of an exemption. */
export const TERMS_HELP = {
  days: `1 to ${LONGEST_DAYS} days`,
  owner: { value: 'WHO', help: 'who answers for the exemption' },
  ticket: { value: 'TEXT', help: 'where it is written down' },
} as const;

/** Reads a duration in days from a required option. Throws InputInvalid. */
export function durationDaysFrom(args: Arguments, name: string, most = LONGEST_DAYS): number {
  const days = numberFrom(args, name, 1, most);
  if (days === undefined) throw new InputInvalid(`--${name} is needed: how long it runs, 1 to ${most} days`);
  return days;
}

/** Reads the terms of an exemption. `daysOption` is the option with its duration. Throws InputInvalid. */
export function termsFrom(args: Arguments, daysOption: string, most = LONGEST_DAYS): ExemptionTerms {
  const ticket = args.value('ticket');
  return {
    days: durationDaysFrom(args, daysOption, most),
    owner: requiredValue(args, 'owner', 'who answers for the exemption'),
    ...(ticket !== undefined && { ticket }),
  };
}

/** The caller's identity according to STS, and the region of the cell. */
export interface Caller {
  readonly by: Person;
  readonly region: string;
}

/** What a command needs to be signed, besides credentials. */
type SigningContext = Pick<Terminal, 'environment' | 'clock'>;

/**
 * Adds the alias for requests to a function name or ARN without an alias. Without an alias the function
 * refuses every caller.
 */
function withRequestsAlias(named: string): string {
  const isArn = named.includes(':function:');
  return (isArn ? /:function:[^:]+:/ : /:/).test(named) ? named : `${named}:${'requests' satisfies DoorOf<'onGrant'>}`;
}

/** The option that names the region of the cell. */
type RegionOption = 'region' | 'cell';

async function connect(args: Arguments, surroundings: SigningContext, regionOption: RegionOption) {
  const [{ accountClient, personalSettings }, { commandClient }, { signedIn }] = await Promise.all([
    import('../shared/adapters/aws/clients/personal.ts'),
    import('../shared/adapters/aws/lambda.ts'),
    import('../shared/adapters/aws/sts.ts'),
  ]);
  const profile = args.value('profile');
  const { environment } = surroundings;
  const { region } = await accountClient({ profile, region: args.value(regionOption), environment });
  const functionName = withRequestsAlias(args.value('function') ?? FUNCTION_NAME);
  const settings = personalSettings({ profile, region, environment });
  const { person, prove } = signedIn(settings, surroundings);
  return { region, functionName, send: commandClient(settings, functionName, prove), person };
}

/**
 * Invokes the function of the cell with a command and returns its answer. The SDK is loaded here.
 *
 * @throws InputInvalid if no region is known, or if the user can correct the reason why the call failed.
 * @throws CallFailed for every other failed call.
 */
async function sendWith(
  args: Arguments,
  surroundings: SigningContext,
  commandBy: (cell: Awaited<ReturnType<typeof connect>>) => Promise<Command>,
  regionOption: RegionOption = 'region',
): Promise<CommandResult> {
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
    throw explainFailure(error, called);
  }
}

/** Sends a command to the cell with a signed proof of the caller's identity. Throws as `sendWith` does. */
export async function sendToCell(
  args: Arguments,
  surroundings: SigningContext,
  command: (asker: Caller) => Command,
): Promise<CommandResult> {
  return await sendWith(args, surroundings, async ({ person, region }) => command({ by: await person(), region }));
}

type ListCommand = Extract<Command, { do: 'list' }>;

function nextPageOf(page: CommandResult): string | undefined {
  return 'next' in page ? page.next : undefined;
}

/** Removes an item that is on two pages because the list grew between the two calls. */
function withoutDuplicates<T extends { readonly id: string }>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [item.id, item])).values()];
}

function joinPages(before: CommandResult, page: CommandResult): CommandResult {
  if (before.kind === 'exemptions' && page.kind === 'exemptions')
    return { kind: page.kind, exemptions: withoutDuplicates([...before.exemptions, ...page.exemptions]) };
  if (before.kind === 'remediations' && page.kind === 'remediations')
    return { kind: page.kind, lines: withoutDuplicates([...before.lines, ...page.lines]) };
  return page;
}

/** Reads a list from the cell, page by page. It needs no proof of identity. Throws as `sendWith` does. */
export async function listFromCell(
  args: Arguments,
  surroundings: SigningContext,
  command: ListCommand,
  regionOption: RegionOption = 'region',
): Promise<CommandResult> {
  const page = async (after?: string): Promise<CommandResult> =>
    await sendWith(
      args,
      surroundings,
      async () => ({ ...command, ...(after !== undefined && { after }) }),
      regionOption,
    );
  const first = await page();
  let [result, next] = [first, nextPageOf(first)];
  while (next !== undefined) {
    const more = await page(next);
    [result, next] = [joinPages(result, more), nextPageOf(more)];
  }
  return result;
}
