import type { ActionRecord } from '../domain/action.ts';
import type { CommandResult } from '../domain/command.ts';
import { afterExemptionText, afterRestoreText } from '../domain/exemption.ts';
import { formatMinute, formatRule } from '../network/format.ts';

/** What came of a press: a line for who pressed, and whether another press may try. */
export interface ActionResult {
  readonly line: string;
  readonly again: boolean;
}

/** The results that may be of a kind: some share their shape with other kinds. */
type ResultOf<K, R = CommandResult> = R extends { readonly kind: infer Kind } ? (Kind extends K ? R : never) : never;

function finalResult(line: string): ActionResult {
  return { line, again: false };
}

function refusedLine({ because, needs }: ResultOf<'refused'>): ActionResult {
  const reasons = needs === undefined ? because : because.slice(0, -1);
  const wayOut = needs === undefined ? '' : ' “Exempt for 24 h” lets it stand for a day.';
  return { line: `Nothing was changed: ${reasons.join('; ')}.${wayOut}`, again: true };
}

function restoredLine({ followUp, remarks, afterwards }: ResultOf<'restored'>): ActionResult {
  const { granted, refused, exemption: leave } = followUp;
  const parts = [
    granted.length > 0 ? `Restored: ${granted.map(formatRule).join('; ')}` : 'Nothing was granted',
    ...(leave === undefined ? [] : [`exempt until ${formatMinute(leave.until)}`]),
    ...refused.map(({ rule, reason }) => `not granted: ${formatRule(rule)} (${reason})`),
    ...remarks,
    ...(leave === undefined || afterwards === undefined ? [] : [afterRestoreText(afterwards)]),
  ];
  return { line: `${parts.join('. ')}.`, again: refused.length > 0 };
}

const ANSWERED = {
  released: 'Approved: it is looked at again now, and what has not changed since is closed.',
  declined: 'Declined: it stays as it is.',
} as const;

function answeredLine({ verdict, first, by, at }: ResultOf<'answered'>): ActionResult {
  return finalResult(
    first ? ANSWERED[verdict] : `It was ${verdict} by ${by.name} on ${formatMinute(at)}: the first answer stands.`,
  );
}

function leftOpenLine({ exemptions, afterwards }: ResultOf<'left-open'>): ActionResult {
  const [first] = exemptions;
  const until = first === undefined ? '' : ` until ${formatMinute(first.until)}`;
  return finalResult(
    `${exemptions.length} ${exemptions.length === 1 ? 'rule is' : 'rules are'} exempt${until}. ${afterExemptionText(afterwards, 'ends')}`,
  );
}

function migratedLine({ replacement, open }: ResultOf<'migrated'>): ActionResult {
  const head =
    replacement === undefined ? 'Nothing used the default group' : `${replacement} stands in for the default group`;
  if (open.length === 0) return finalResult(`${head}; it is looked at again now, to be stripped.`);
  return { line: `${head}. Still in the way: ${open.join('; ')}.`, again: true };
}

function acknowledgedLine({ first, by, at }: ResultOf<'acknowledged'>): ActionResult {
  return finalResult(
    first ? 'Acknowledged: people are told of it.' : `It was acknowledged by ${by.name} on ${formatMinute(at)}.`,
  );
}

/** What the commands that buttons ask for may come to. */
const ACTION_RESULT_KINDS = [
  'refused',
  'restored',
  'answered',
  'left-open',
  'acknowledged',
  'migrated',
] as const satisfies readonly CommandResult['kind'][];

type ActionCommandResult = Extract<CommandResult, { readonly kind: (typeof ACTION_RESULT_KINDS)[number] }>;

function isActionResult(result: CommandResult): result is ActionCommandResult {
  return ACTION_RESULT_KINDS.some((kind) => kind === result.kind);
}

function actionResultLine(result: ActionCommandResult): ActionResult {
  switch (result.kind) {
    case 'refused':
      return refusedLine(result);
    case 'restored':
      return restoredLine(result);
    case 'answered':
      return answeredLine(result);
    case 'left-open':
      return leftOpenLine(result);
    case 'acknowledged':
      return acknowledgedLine(result);
    case 'migrated':
      return migratedLine(result);
    default:
      return result satisfies never;
  }
}

/** What came of a command that a press asked for. */
export function actionResult(result: CommandResult): ActionResult {
  return isActionResult(result) ? actionResultLine(result) : finalResult(`It is done (${result.kind}).`);
}

/** What a later press is told of the first. */
export function duplicateRequestLine({ request: press, result }: ActionRecord): string {
  return `${press.by.name} pressed ${press.action} on ${formatMinute(press.at)}: ${result ?? 'it is under way.'}`;
}
