import { CONTROLS } from '../../shared/controls/registry.ts';
import type { CommandResult, RequestedScope } from '../../shared/domain/command.ts';
import { InputInvalid } from '../../shared/domain/errors.ts';
import type { PortSet } from '../../shared/domain/group.ts';
import { groupIdOf, ruleIdOf } from '../../shared/events/ids.ts';
import { editPorts, NO_PORTS, readPorts } from '../../shared/policy/notation.ts';
import { didYouMean } from '../../shared/policy/schema/issues.ts';
import {
  CELL_OPTIONS,
  DRY_RUN_HELP,
  durationDaysFrom,
  LONGEST_FOR_EVERY_GROUP_DAYS,
  listFromCell,
  numberFrom,
  REASON_OPTION,
  reasonFrom,
  sendToCell,
  TERMS_HELP,
  termsFrom,
} from '../cell.ts';
import type { Arguments, Command } from '../command.ts';
import { dryRunOf, printResultOrDryRun } from '../output/command-result.ts';
import { resultPrinter } from '../output/format.ts';
import type { Terminal } from '../terminal.ts';

const OPTIONS: Command['options'] = {
  group: { value: 'SG', help: 'add: this group alone, sg-…' },
  rule: { value: 'SGR', help: 'add: what this rule lets through now, sgr-…' },
  ports: { value: 'PORTS', help: 'add: rules whose ports are all among these: 22,5900-5906,udp/11211' },
  control: { value: 'ID', help: 'add: from this control alone' },
  'all-groups': {
    help: `add: every group of the account, ${LONGEST_FOR_EVERY_GROUP_DAYS} days at most; people are called`,
  },
  'group-region': { value: 'REGION', help: "add: where the group is (default: the cell's region)" },
  days: { value: 'N', help: `add, renew: how long from now, ${TERMS_HELP.days}` },
  owner: { value: 'WHO', help: `add: ${TERMS_HELP.owner.help}` },
  ticket: { value: 'TEXT', help: `add: ${TERMS_HELP.ticket.help}` },
  most: { value: 'N', help: 'list: how many at most (default: all)' },
};

/** A subcommand: the options that it takes besides those of all cell commands, and what it sends. */
interface Subcommand {
  readonly options: readonly string[];
  readonly takesId: boolean;
  readonly run: (args: Arguments, terminal: Terminal) => Promise<CommandResult>;
}

const SCOPE_OPTIONS = ['group', 'rule', 'all-groups', 'ports', 'control', 'group-region'];

/** Greatest number of exemptions that are listed; in practice all. */
const MOST = 100_000;

const SUBCOMMANDS: ReadonlyMap<string, Subcommand> = new Map([
  ['add', { options: [...SCOPE_OPTIONS, 'days', 'owner', 'ticket', 'reason', 'dry-run'], takesId: false, run: add }],
  ['list', { options: ['most'], takesId: false, run: list }],
  ['renew', { options: ['days', 'reason', 'dry-run'], takesId: true, run: renew }],
  ['revoke', { options: ['reason', 'dry-run'], takesId: true, run: revoke }],
]);

async function add(args: Arguments, terminal: Terminal): Promise<CommandResult> {
  const scope = scopeFrom(args);
  const longest = scope.allGroups ? LONGEST_FOR_EVERY_GROUP_DAYS : undefined;
  const request = { scope, terms: termsFrom(args, 'days', longest), reason: reasonFrom(args) };
  const groupRegion = args.value('group-region');
  return await sendToCell(args, terminal, ({ by, region }) => ({
    do: 'exempt',
    region: groupRegion ?? region,
    ...request,
    by,
    ...dryRunOf(args),
  }));
}

/**
 * Reads the scope of an exemption. An exemption covers what all of the given options cover.
 *
 * @throws InputInvalid if an option is invalid, or if none is given.
 */
function scopeFrom(args: Arguments): RequestedScope {
  const groupId = readOption(args, 'group', groupIdOf, 'the id of a group, sg-…');
  const ruleId = readOption(args, 'rule', ruleIdOf, 'the id of a rule, sgr-…');
  const ports = readOption(args, 'ports', portsFrom, 'ports such as 22,5900-5906,udp/11211');
  const control = controlFrom(args);
  const isPlaced = groupId !== undefined || ruleId !== undefined;
  const allGroups = args.has('all-groups');
  const scope = {
    ...(groupId !== undefined && { groupId }),
    ...(ruleId !== undefined && { ruleId }),
    ...(ports !== undefined && { ports }),
    ...(control !== undefined && { control }),
  };
  if (Object.keys(scope).length === 0)
    throw new InputInvalid(
      'exempt add: the scope is missing: give at least one of --group, --rule, --ports and --control',
    );
  if (isPlaced && allGroups) throw new InputInvalid('--all-groups cannot be combined with --group or --rule');
  if (isPlaced) return scope;
  if (allGroups) return { ...scope, allGroups };
  throw new InputInvalid(
    'exempt add: without --group or --rule the exemption covers every group of the account: give one of them, or confirm with --all-groups',
  );
}

/** Reads an option with `read`, which returns undefined for an invalid value. Throws InputInvalid. */
function readOption<T>(
  args: Arguments,
  option: string,
  read: (given: string) => T | undefined,
  expected: string,
): T | undefined {
  const given = args.value(option);
  if (given === undefined) return undefined;
  const value = read(given.trim());
  if (value === undefined) throw invalidOption(option, given, expected);
  return value;
}

function invalidOption(option: string, given: string, expected: string): InputInvalid {
  return new InputInvalid(`--${option} ${JSON.stringify(given)}: expected ${expected}`);
}

function portsFrom(given: string): PortSet | undefined {
  const entries = given.split(',').map((entry) => entry.trim());
  return entries.every((entry) => readPorts(entry) !== undefined) ? editPorts(NO_PORTS, entries) : undefined;
}

function controlFrom(args: Arguments): string | undefined {
  const given = args.value('control');
  const ids = CONTROLS.map(({ id }) => id);
  if (given === undefined || ids.includes(given)) return given;
  throw invalidOption('control', given, `the id of a control${didYouMean(given, ids)}; portcullis controls lists them`);
}

async function list(args: Arguments, terminal: Terminal): Promise<CommandResult> {
  return await listFromCell(args, terminal, {
    do: 'list',
    what: 'exemptions',
    most: numberFrom(args, 'most', 1, MOST) ?? MOST,
  });
}

async function renew(args: Arguments, terminal: Terminal): Promise<CommandResult> {
  const [id, days, reason] = [exemptionIdFrom(args), durationDaysFrom(args, 'days'), reasonFrom(args)];
  return await sendToCell(args, terminal, ({ by }) => ({ do: 'renew', id, days, by, reason, ...dryRunOf(args) }));
}

function exemptionIdFrom({ positionals: [action, id = ''] }: Arguments): string {
  if (id.trim() !== '') return id.trim();
  throw new InputInvalid(`exempt ${action}: the id of an exemption is needed: portcullis exempt list has them`);
}

async function revoke(args: Arguments, terminal: Terminal): Promise<CommandResult> {
  const [id, reason] = [exemptionIdFrom(args), reasonFrom(args)];
  return await sendToCell(args, terminal, ({ by }) => ({ do: 'end-exemption', id, by, reason, ...dryRunOf(args) }));
}

/** `portcullis exempt add|list|renew|revoke` */
export const exempt: Command = {
  name: 'exempt',
  takes: 'add | list | renew ID | revoke ID',
  most: 2,
  summary: 'Give leave for a rule to stand for some days, list, renew or revoke it',
  options: { ...OPTIONS, reason: REASON_OPTION, ...CELL_OPTIONS },
  dryRun: `add, renew, revoke: ${DRY_RUN_HELP}`,
  details: `add takes --group or --rule, or --all-groups with --ports or --control, and is about what all of its options name:
  portcullis exempt add --rule sgr-0123456789abcdef0 --days 30 --owner web@example.com --ticket OPS-1 --reason 'vendor access'
An exemption of a rule is about what the rule lets through: modified, it is exempt no longer. People are told a day before one runs out.
When one ends, its group is judged again: a rule that was added while it ran counts as new, a rule that was there before as existing; the
answers of add and revoke say what the policy does with either. Exemptions that are reviewed as code stand in the policy file instead.`,
  exitCodes: 'cell',
  run: async (args, terminal) => {
    const printer = resultPrinter(args, terminal);
    return printResultOrDryRun(args, await subcommandFrom(args).run(args, terminal), printer);
  },
};

function subcommandFrom({ positionals: [name = '', id], value, has }: Arguments): Subcommand {
  const action = SUBCOMMANDS.get(name);
  const names = [...SUBCOMMANDS.keys()];
  if (action === undefined) {
    const given = name === '' ? '' : ` ${JSON.stringify(name)}`;
    throw new InputInvalid(`exempt${given}: expected ${names.join(', ')}${didYouMean(name, names)}`);
  }
  if (!action.takesId && id !== undefined)
    throw new InputInvalid(`exempt ${name}: ${JSON.stringify(id)} is one argument too many`);
  const unexpected = [...Object.keys(OPTIONS), 'reason', 'dry-run'].find(
    (option) => (value(option) !== undefined || has(option)) && !action.options.includes(option),
  );
  if (unexpected !== undefined)
    throw new InputInvalid(`exempt ${name} does not take --${unexpected}; see portcullis exempt --help`);
  return action;
}
