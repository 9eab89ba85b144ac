import { STACK_NAME, switchParameter } from '../../shared/catalogue.ts';
import type { Mode } from '../../shared/domain/controls/mode.ts';
import { InputInvalid } from '../../shared/domain/errors.ts';
import { LONGEST_SWITCH_MS, type SwitchOrder } from '../../shared/domain/requests/switch-order.ts';
import { moment } from '../../shared/network/text/moment.ts';
import { type Arguments, type Command, EXIT } from '../command.ts';
import { formatOf } from '../format-option.ts';
import { ASKING_EXIT_CODES } from '../help.ts';
import { paintFor } from '../paint.ts';
import type { Terminal } from '../terminal.ts';
import { durationFrom } from './duration.ts';
import { cellFault } from './fault.ts';
import { needed, reasonOf } from './given.ts';
import { type Line, line, linesText, safeJson, toned } from './lines.ts';
import { ACCOUNT_OPTIONS, REASON_OPTION } from './options.ts';

const MODES = ['alert', 'off'] as const satisfies readonly Mode[];

const EFFECTS = {
  alert: 'Nothing is closed until then: people are told of it, no more.',
  off: 'Nothing is closed until then, and nobody is told.',
} as const satisfies Record<(typeof MODES)[number], string>;

/** What holds the cell down, or the end of it. */
interface Order extends SwitchOrder {
  readonly effect: string;
}

const ENDED = 'Whatever the policy says is done again.';

const modeFrom = (args: Arguments): (typeof MODES)[number] => {
  const given = needed(args, 'mode', `how far the cell may still go, ${MODES.join(' or ')}`);
  const mode = MODES.find((one) => one === given);
  if (mode === undefined) throw new InputInvalid(`--mode ${JSON.stringify(given)}: expected ${MODES.join(' or ')}`);
  return mode;
};

const setOrder = (args: Arguments, now: number): Order => {
  const mode = modeFrom(args);
  const time = needed(args, 'for', 'how long, such as 2h: it ends by itself');
  const until = now + durationFrom(time, 'for', LONGEST_SWITCH_MS);
  return { mode, until, reason: reasonOf(args), effect: EFFECTS[mode] };
};

/** Written over rather than deleted: it takes no other permission, people are told, and the parameter's history has the reason. */
const endOrder = (args: Arguments, now: number): Order => {
  const stray = ['mode', 'for'].find((name) => args.value(name) !== undefined);
  if (stray !== undefined) throw new InputInvalid(`--end and --${stray}: give one of them`);
  return {
    mode: 'enforce',
    until: now,
    reason: args.value('reason')?.trim() || 'ended before its time',
    effect: ENDED,
  };
};

/** AWS accepts the parameter of a stack that does not exist, so the text names the parameter. */
const readAgain = (where: string): string => `A cell whose parameter is ${where} obeys within 15 seconds.`;

const textOf = ({ mode, until, effect }: Order, isEnd: boolean, where: string): readonly Line[] =>
  isEnd
    ? [toned('good', 'The runtime switch is over.'), line(`${effect} ${readAgain(where)}`)]
    : [
        toned('warning', `The cell does no more than ${mode} until ${moment(until)}.`),
        line(`${effect} ${readAgain(where)}`),
        line('portcullis break-glass --end ends it before its time; portcullis scan shows what is open.'),
      ];

const dryText = ({ mode, until, reason }: Order, parameter: string): readonly Line[] => [
  line('Dry run: nothing was changed, and AWS was not asked.'),
  line(`The parameter ${parameter} would be written: mode ${mode} until ${moment(until)}, reason: ${reason}.`),
];

const write = async (
  args: Arguments,
  parameter: string,
  order: Order,
  { clock, environment }: Terminal,
): Promise<string> => {
  const [{ accountClient }, { personalSwitchClient, writeSwitch }] = await Promise.all([
    import('../../shared/adapters/aws/clients/account-client.ts'),
    import('../../shared/adapters/aws/ssm/switch-write.ts'),
  ]);
  const profile = args.value('profile');
  const { region } = await accountClient({ profile, region: args.value('region'), environment });
  try {
    await writeSwitch(personalSwitchClient({ profile, region, environment }), parameter, order, clock.now());
  } catch (error) {
    const [thing, permission] = [`parameter ${parameter}`, 'ssm:PutParameter'];
    throw cellFault(error, { thing, permission, option: 'parameter', region, environment });
  }
  return region;
};

/** The parameter of the named cell, or the one that is given. */
const parameterOf = (args: Arguments): string =>
  args.value('parameter') ?? switchParameter(args.value('stack') ?? STACK_NAME);

const run: Command['run'] = async (args, terminal) => {
  const format = formatOf(args);
  const [now, isEnd, parameter] = [terminal.clock.now(), args.has('end'), parameterOf(args)];
  const order = isEnd ? endOrder(args, now) : setOrder(args, now);
  const isDry = args.has('dry-run');
  const region = isDry ? null : await write(args, parameter, order, terminal);
  const { mode, until, reason } = order;
  terminal.out(
    format === 'json'
      ? safeJson({ kind: isEnd ? 'switch-ended' : 'switch-set', dryRun: isDry, parameter, region, mode, until, reason })
      : linesText(
          isDry ? dryText(order, parameter) : textOf(order, isEnd, `${parameter} in ${region}`),
          paintFor(terminal),
        ),
  );
  return EXIT.done;
};

/** `portcullis break-glass` */
export const breakGlass: Command = {
  name: 'break-glass',
  takes: '--mode alert|off --for 2h --reason TEXT | --end',
  most: 0,
  summary: 'Hold the whole cell down for some hours, in an emergency; it ends by itself',
  options: {
    mode: { value: 'alert|off', help: 'how far the cell may still go' },
    for: { value: 'TIME', help: `how long: 45m, 2h, 1h30m, at most ${LONGEST_SWITCH_MS / 3_600_000}h` },
    reason: REASON_OPTION,
    end: { help: 'end it before its time' },
    stack: { value: 'NAME', help: `the stack of the cell (default ${STACK_NAME})` },
    parameter: {
      value: 'NAME',
      help: `the parameter that the cell reads, if it was deployed with another (default ${switchParameter('STACK')})`,
    },
    ...ACCOUNT_OPTIONS,
  },
  dryRun: 'print what would be written to the parameter, and change nothing',
  details: `It is written to Parameter Store with your own credentials, which need ssm:PutParameter, and works where no function does.
People are told that it was set. What is opened in the meantime is not closed when it ends: portcullis scan shows it.`,
  exitCodes: ASKING_EXIT_CODES,
  run,
};
