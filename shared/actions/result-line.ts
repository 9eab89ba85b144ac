import { afterExemptionText, afterRestoreText } from '../domain/after-exemption.ts';
import type { CommandResult } from '../domain/requests/command.ts';
import type { PressRecord } from '../domain/requests/press.ts';
import { formatRule } from '../network/text/format.ts';
import { moment } from '../network/text/moment.ts';

/** What came of a press: a line for who pressed, and whether another press may try. */
export interface PressResult {
  readonly line: string;
  readonly again: boolean;
}

/** The results that may be of a kind: some share their shape with other kinds. */
type Result<K, R = CommandResult> = R extends { readonly kind: infer Kind } ? (Kind extends K ? R : never) : never;

const done = (line: string): PressResult => ({ line, again: false });

const refusedLine = ({ because, needs }: Result<'refused'>): PressResult => {
  const reasons = needs === undefined ? because : because.slice(0, -1);
  const wayOut = needs === undefined ? '' : ' “Exempt for 24 h” lets it stand for a day.';
  return { line: `Nothing was changed: ${reasons.join('; ')}.${wayOut}`, again: true };
};

const restoredLine = ({ followUp, remarks, afterwards }: Result<'restored'>): PressResult => {
  const { granted, refused, leave } = followUp;
  const parts = [
    granted.length > 0 ? `Restored: ${granted.map(formatRule).join('; ')}` : 'Nothing was granted',
    ...(leave === undefined ? [] : [`exempt until ${moment(leave.until)}`]),
    ...refused.map(({ rule, reason }) => `not granted: ${formatRule(rule)} (${reason})`),
    ...remarks,
    ...(leave === undefined || afterwards === undefined ? [] : [afterRestoreText(afterwards)]),
  ];
  return { line: `${parts.join('. ')}.`, again: refused.length > 0 };
};

const ANSWERED = {
  released: 'Approved: it is looked at again now, and what has not changed since is closed.',
  declined: 'Declined: it stays as it is.',
} as const;

const answeredLine = ({ verdict, first, by, at }: Result<'answered'>): PressResult =>
  done(first ? ANSWERED[verdict] : `It was ${verdict} by ${by.name} on ${moment(at)}: the first answer stands.`);

const leftOpenLine = ({ exemptions, afterwards }: Result<'left-open'>): PressResult => {
  const [first] = exemptions;
  const until = first === undefined ? '' : ` until ${moment(first.until)}`;
  return done(
    `${exemptions.length} ${exemptions.length === 1 ? 'rule is' : 'rules are'} exempt${until}. ${afterExemptionText(afterwards, 'ends')}`,
  );
};

const migratedLine = ({ replacement, open }: Result<'migrated'>): PressResult => {
  const head =
    replacement === undefined ? 'Nothing used the default group' : `${replacement} stands in for the default group`;
  if (open.length === 0) return done(`${head}; it is looked at again now, to be stripped.`);
  return { line: `${head}. Still in the way: ${open.join('; ')}.`, again: true };
};

const acknowledgedLine = ({ first, by, at }: Result<'acknowledged'>): PressResult =>
  done(first ? 'Acknowledged: people are told of it.' : `It was acknowledged by ${by.name} on ${moment(at)}.`);

/** What the commands that buttons ask for may come to. */
const ASKED = [
  'refused',
  'restored',
  'answered',
  'left-open',
  'acknowledged',
  'migrated',
] as const satisfies readonly CommandResult['kind'][];

type Asked = Extract<CommandResult, { readonly kind: (typeof ASKED)[number] }>;

const isAsked = (result: CommandResult): result is Asked => ASKED.some((kind) => kind === result.kind);

const askedLine = (result: Asked): PressResult => {
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
};

/** What came of a command that a press asked for. */
export const resultOf = (result: CommandResult): PressResult =>
  isAsked(result) ? askedLine(result) : done(`It is done (${result.kind}).`);

/** What a later press is told of the first. */
export const firstLine = ({ press, result }: PressRecord): string =>
  `${press.by.name} pressed ${press.action} on ${moment(press.at)}: ${result ?? 'it is under way.'}`;
