import type { RemediationEvent, RemediationSummary } from '../../shared/domain/command.ts';
import { formatMinute } from '../../shared/network/format.ts';
import { counted, type Tone } from '../../shared/reports/text.ts';
import { indentedLines, type TextLine, textLine, tonedLine } from './text.ts';

/** The commands for remediations of a status. */
const NEXT_COMMANDS: readonly (readonly [string, string])[] = [
  ['done', 'portcullis restore ID --reason … puts back what one removed.'],
  ['pending', 'portcullis approve ID --reason … and decline ID --reason … answer a pending one.'],
  ['held', 'portcullis resume --reason … lets the held ones go on.'],
];

/** A list of remediations, followed by the commands that take their ids. */
export function remediationsText(lines: readonly RemediationSummary[]): readonly TextLine[] {
  if (lines.length === 0) return [textLine('There are none.')];
  const statuses = new Set(lines.map(({ status }) => status));
  return [
    ...lines.flatMap(remediationText),
    ...NEXT_COMMANDS.flatMap(([status, command]) => (statuses.has(status) ? [tonedLine('faint', command)] : [])),
  ];
}

/** Tones of statuses that need attention. */
const STATUS_TONES: ReadonlyMap<string, Tone> = new Map([
  ['pending', 'warning'],
  ['held', 'warning'],
  ['failed', 'bad'],
]);

/** The text for each status that is not self-explanatory. */
const STATUS_TEXTS: ReadonlyMap<string, string> = new Map([
  ['done', 'closed'],
  ['reported', 'reported, nothing was closed'],
  ['pending', 'pending: waits for approve or decline'],
  ['held', 'held: the budget is spent'],
  ['failed', 'failed: its rules are still open'],
  ['released', 'approved'],
]);

function remediationText(one: RemediationSummary): readonly TextLine[] {
  const { id, at, status, groupId, groupName, region, controls, rules, actor, fault, events } = one;
  const name = groupName === '' ? groupId : `${groupName} (${groupId})`;
  const who = actor === undefined ? '' : `  by ${actor}`;
  return [
    tonedLine(
      STATUS_TONES.get(status) ?? 'strong',
      `${id}  ${formatMinute(at)}  ${STATUS_TEXTS.get(status) ?? status}`,
    ),
    ...indentedLines([
      `${name} in ${region}${who}`,
      ...(controls.length === 0 ? [] : [controls.join(', ')]),
      ...rules,
      ...(fault === undefined ? [] : [`failed because: ${fault}`]),
      ...events.map(eventText),
    ]),
  ];
}

/** `restored 1 rule, exempt until 2026-02-01T03:04Z (owner web): by bob, 2026-01-02T03:04Z` */
function eventText(event: RemediationEvent): string {
  const { what, by, at, exemptUntil, owner } = event;
  const until = exemptUntil === undefined ? '' : `until ${formatMinute(exemptUntil)} (owner ${owner})`;
  const exempt = until === '' ? '' : what === 'exempt' ? ` ${until}` : `, exempt ${until}`;
  return `${actionText(event)}${exempt}: by ${by}, ${formatMinute(at)}`;
}

function actionText(event: RemediationEvent): string {
  const { what, as, from } = event;
  switch (what) {
    case 'restored':
    case 'narrowed':
    case 'reverted':
      return grantText(event);
    case 'approved':
      return `approved${as === undefined ? '' : ` as ${as}`}${from === undefined ? '' : ` in ${from}`}`;
    case 'acknowledged':
    case 'declined':
    case 'exempt':
      return what;
    default:
      return what satisfies never;
  }
}

function grantText({ what, rules = 0, refused = 0 }: RemediationEvent): string {
  return `${what} ${counted(rules, 'rule')}${refused === 0 ? '' : `, ${refused} refused`}`;
}
