import { InputInvalid } from '../../shared/domain/errors.ts';
import type { CommandResult } from '../../shared/domain/requests/command.ts';
import { didYouMean } from '../../shared/policy/schema/suggest.ts';
import type { Arguments, Command } from '../command.ts';
import { formatOf } from '../format-option.ts';
import { ASKING_EXIT_CODES } from '../help.ts';
import type { Terminal } from '../terminal.ts';
import { ask, look } from './ask.ts';
import { numberOf, reasonOf } from './given.ts';
import { CELL_OPTIONS, DRY_RUN, REASON_OPTION } from './options.ts';
import { scopeFrom } from './scope.ts';
import { dryRunOf, tellAsked } from './tell.ts';
import { daysFrom, LONGEST_FOR_EVERY_GROUP_DAYS, TERMS_HELP, termsFrom } from './terms.ts';

/** How many are listed: all, in practice. */
const MOST = 100_000;

/** What an action takes besides the options that all commands of the cell have, and what it asks for. */
interface Action {
  readonly options: readonly string[];
  readonly takesId: boolean;
  readonly run: (args: Arguments, terminal: Terminal) => Promise<CommandResult>;
}

const exemptionOf = ({ positionals: [action, id = ''] }: Arguments): string => {
  if (id.trim() !== '') return id.trim();
  throw new InputInvalid(`exempt ${action}: the id of an exemption is needed: portcullis exempt list has them`);
};

const add = async (args: Arguments, terminal: Terminal): Promise<CommandResult> => {
  const scope = scopeFrom(args);
  const longest = scope.allGroups ? LONGEST_FOR_EVERY_GROUP_DAYS : undefined;
  const request = { scope, terms: termsFrom(args, 'days', longest), reason: reasonOf(args) };
  const groupRegion = args.value('group-region');
  return await ask(args, terminal, ({ by, region }) => ({
    do: 'exempt',
    region: groupRegion ?? region,
    ...request,
    by,
    ...dryRunOf(args),
  }));
};

const list = async (args: Arguments, terminal: Terminal): Promise<CommandResult> =>
  await look(args, terminal, { do: 'list', what: 'exemptions', most: numberOf(args, 'most', 1, MOST) ?? MOST });

const renew = async (args: Arguments, terminal: Terminal): Promise<CommandResult> => {
  const [id, days, reason] = [exemptionOf(args), daysFrom(args, 'days'), reasonOf(args)];
  return await ask(args, terminal, ({ by }) => ({ do: 'renew', id, days, by, reason, ...dryRunOf(args) }));
};

const revoke = async (args: Arguments, terminal: Terminal): Promise<CommandResult> => {
  const [id, reason] = [exemptionOf(args), reasonOf(args)];
  return await ask(args, terminal, ({ by }) => ({ do: 'end-exemption', id, by, reason, ...dryRunOf(args) }));
};

const SCOPE = ['group', 'rule', 'all-groups', 'ports', 'control', 'group-region'];

const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ['add', { options: [...SCOPE, 'days', 'owner', 'ticket', 'reason', 'dry-run'], takesId: false, run: add }],
  ['list', { options: ['most'], takesId: false, run: list }],
  ['renew', { options: ['days', 'reason', 'dry-run'], takesId: true, run: renew }],
  ['revoke', { options: ['reason', 'dry-run'], takesId: true, run: revoke }],
]);

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

const actionOf = ({ positionals: [name = '', id], value, has }: Arguments): Action => {
  const action = ACTIONS.get(name);
  const names = [...ACTIONS.keys()];
  if (action === undefined) {
    const given = name === '' ? '' : ` ${JSON.stringify(name)}`;
    throw new InputInvalid(`exempt${given}: expected ${names.join(', ')}${didYouMean(name, names)}`);
  }
  if (!action.takesId && id !== undefined)
    throw new InputInvalid(`exempt ${name}: ${JSON.stringify(id)} is one argument too many`);
  const stray = [...Object.keys(OPTIONS), 'reason', 'dry-run'].find(
    (option) => (value(option) !== undefined || has(option)) && !action.options.includes(option),
  );
  if (stray !== undefined)
    throw new InputInvalid(`exempt ${name} does not take --${stray}; see portcullis exempt --help`);
  return action;
};

/** `portcullis exempt add|list|renew|revoke` */
export const exempt: Command = {
  name: 'exempt',
  takes: 'add | list | renew ID | revoke ID',
  most: 2,
  summary: 'Give leave for a rule to stand for some days, list, renew or revoke it',
  options: { ...OPTIONS, reason: REASON_OPTION, ...CELL_OPTIONS },
  dryRun: `add, renew, revoke: ${DRY_RUN}`,
  details: `add takes --group or --rule, or --all-groups with --ports or --control, and is about what all of its options name:
  portcullis exempt add --rule sgr-0123456789abcdef0 --days 30 --owner web@example.com --ticket OPS-1 --reason 'vendor access'
An exemption of a rule is about what the rule lets through: modified, it is exempt no longer. People are told a day before one runs out.
When one ends, its group is judged again: a rule that was added while it ran counts as new, a rule that was there before as existing; the
answers of add and revoke say what the policy does with either. Exemptions that are reviewed as code stand in the policy file instead.`,
  exitCodes: ASKING_EXIT_CODES,
  run: async (args, terminal) => {
    const format = formatOf(args);
    return tellAsked(args, await actionOf(args).run(args, terminal), format, terminal);
  },
};
