import { STACK_NAME, switchParameter } from '../../shared/catalogue.ts';
import { LONGEST_SWITCH_MS, type SwitchSetting } from '../../shared/domain/command.ts';
import type { Mode } from '../../shared/domain/control-options.ts';
import { InputInvalid } from '../../shared/domain/errors.ts';
import { formatMinute } from '../../shared/network/format.ts';
import { explainFailure } from '../aws-failure.ts';
import { ACCOUNT_OPTIONS, REASON_OPTION, reasonFrom, requiredValue } from '../cell.ts';
import { type Arguments, type Command, EXIT } from '../command.ts';
import { resultPrinter } from '../output/format.ts';
import { linesToText, type TextLine, textLine, tonedLine } from '../output/text.ts';
import type { Terminal } from '../terminal.ts';

const DURATION_FORM = /^(?:(\d{1,3})h)?(?:(\d{1,4})m)?$/;

const HOUR_MS = 3_600_000;

const MINUTE_MS = 60_000;

/**
 * Reads a duration such as `2h`, `45m` or `1h30m`, in milliseconds.
 *
 * @throws InputInvalid if it is malformed, shorter than a minute, or longer than `longest` (ms, whole hours).
 */
function durationFrom(given: string, option: string, longest: number): number {
  const [, hours = '0', minutes = '0'] = DURATION_FORM.exec(given.trim()) ?? [];
  const ms = Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS;
  if (ms >= MINUTE_MS && ms <= longest) return ms;
  throw new InputInvalid(
    `--${option} ${JSON.stringify(given)}: expected a time such as 2h, 45m or 1h30m, at most ${longest / HOUR_MS}h`,
  );
}

const MODES = ['alert', 'off'] as const satisfies readonly Mode[];

const MODE_EFFECTS = {
  alert: 'Nothing is closed until then: people are told of it, no more.',
  off: 'Nothing is closed until then, and nobody is told.',
} as const satisfies Record<(typeof MODES)[number], string>;

/** A value of the runtime switch: a limit, or its end. */
interface SwitchRequest extends SwitchSetting {
  readonly effect: string;
}

const ENDED = 'Whatever the policy says is done again.';

function modeFrom(args: Arguments): (typeof MODES)[number] {
  const given = requiredValue(args, 'mode', `how far the cell may still go, ${MODES.join(' or ')}`);
  const mode = MODES.find((one) => one === given);
  if (mode === undefined) throw new InputInvalid(`--mode ${JSON.stringify(given)}: expected ${MODES.join(' or ')}`);
  return mode;
}

function setRequest(args: Arguments, now: number): SwitchRequest {
  const mode = modeFrom(args);
  const time = requiredValue(args, 'for', 'how long, such as 2h: it ends by itself');
  const until = now + durationFrom(time, 'for', LONGEST_SWITCH_MS);
  return { mode, until, reason: reasonFrom(args), effect: MODE_EFFECTS[mode] };
}

/**
 * Ends the runtime switch by overwriting the parameter. Unlike a deletion this needs no further permission,
 * people are notified, and the history of the parameter has the reason.
 */
function endRequest(args: Arguments, now: number): SwitchRequest {
  const unexpected = ['mode', 'for'].find((name) => args.value(name) !== undefined);
  if (unexpected !== undefined) throw new InputInvalid(`--end and --${unexpected}: give one of them`);
  return {
    mode: 'enforce',
    until: now,
    reason: args.value('reason')?.trim() || 'ended before its time',
    effect: ENDED,
  };
}

/** Names the parameter, because AWS accepts the parameter of a stack that does not exist. */
function delayText(where: string): string {
  return `A cell whose parameter is ${where} obeys within 15 seconds.`;
}

function textOf({ mode, until, effect }: SwitchRequest, isEnd: boolean, where: string): readonly TextLine[] {
  return isEnd
    ? [tonedLine('good', 'The runtime switch is over.'), textLine(`${effect} ${delayText(where)}`)]
    : [
        tonedLine('warning', `The cell does no more than ${mode} until ${formatMinute(until)}.`),
        textLine(`${effect} ${delayText(where)}`),
        textLine('portcullis break-glass --end ends it before its time; portcullis scan shows what is open.'),
      ];
}

function dryRunText({ mode, until, reason }: SwitchRequest, parameter: string): readonly TextLine[] {
  return [
    textLine('Dry run: nothing was changed, and AWS was not asked.'),
    textLine(
      `The parameter ${parameter} would be written: mode ${mode} until ${formatMinute(until)}, reason: ${reason}.`,
    ),
  ];
}

async function writeParameter(
  args: Arguments,
  parameter: string,
  order: SwitchRequest,
  { clock, environment }: Terminal,
): Promise<string> {
  const [{ accountClient, personalSettings }, { switchClient, writeSwitch }] = await Promise.all([
    import('../../shared/adapters/aws/clients/personal.ts'),
    import('../../shared/adapters/aws/ssm.ts'),
  ]);
  const profile = args.value('profile');
  const { region } = await accountClient({ profile, region: args.value('region'), environment });
  try {
    await writeSwitch(switchClient(personalSettings({ profile, region, environment })), parameter, order, clock.now());
  } catch (error) {
    const [thing, permission] = [`parameter ${parameter}`, 'ssm:PutParameter'];
    throw explainFailure(error, { thing, permission, option: 'parameter', region, environment });
  }
  return region;
}

function parameterOf(args: Arguments): string {
  return args.value('parameter') ?? switchParameter(args.value('stack') ?? STACK_NAME);
}

const run: Command['run'] = async (args, terminal) => {
  const printer = resultPrinter(args, terminal);
  const [now, isEnd, parameter] = [terminal.clock.now(), args.has('end'), parameterOf(args)];
  const order = isEnd ? endRequest(args, now) : setRequest(args, now);
  const isDry = args.has('dry-run');
  const region = isDry ? null : await writeParameter(args, parameter, order, terminal);
  const { mode, until, reason } = order;
  const lines = isDry ? dryRunText(order, parameter) : textOf(order, isEnd, `${parameter} in ${region}`);
  printer.print({
    data: { kind: isEnd ? 'switch-ended' : 'switch-set', dryRun: isDry, parameter, region, mode, until, reason },
    text: (paint) => linesToText(lines, paint),
  });
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
  exitCodes: 'cell',
  run,
};
