import type { RemediationEvent, RemediationLine } from '../../shared/domain/requests/command.ts';
import { moment } from '../../shared/network/text/moment.ts';
import { counted } from '../../shared/reports/lines.ts';
import type { Tone } from '../../shared/reports/paint.ts';
import { type Line, line, toned, under } from './lines.ts';

/** Tones of what wants somebody's attention. */
const TONES: ReadonlyMap<string, Tone> = new Map([
  ['pending', 'warning'],
  ['held', 'warning'],
  ['failed', 'bad'],
]);

/** What a status means, for people. */
const STATUSES: ReadonlyMap<string, string> = new Map([
  ['done', 'closed'],
  ['reported', 'reported, nothing was closed'],
  ['pending', 'pending: waits for approve or decline'],
  ['held', 'held: the budget is spent'],
  ['failed', 'failed: its rules are still open'],
  ['released', 'approved'],
]);

const grantText = ({ what, rules = 0, refused = 0 }: RemediationEvent): string =>
  `${what} ${counted(rules, 'rule')}${refused === 0 ? '' : `, ${refused} refused`}`;

const actionText = (event: RemediationEvent): string => {
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
};

/** `restored 1 rule, exempt until 2026-02-01T03:04Z (owner web): by bob, 2026-01-02T03:04Z` */
const eventText = (event: RemediationEvent): string => {
  const { what, by, at, exemptUntil, owner } = event;
  const until = exemptUntil === undefined ? '' : `until ${moment(exemptUntil)} (owner ${owner})`;
  const exempt = until === '' ? '' : what === 'exempt' ? ` ${until}` : `, exempt ${until}`;
  return `${actionText(event)}${exempt}: by ${by}, ${moment(at)}`;
};

const remediationText = (one: RemediationLine): readonly Line[] => {
  const { id, at, status, groupId, groupName, region, controls, rules, actor, fault, events } = one;
  const name = groupName === '' ? groupId : `${groupName} (${groupId})`;
  const who = actor === undefined ? '' : `  by ${actor}`;
  return [
    toned(TONES.get(status) ?? 'strong', `${id}  ${moment(at)}  ${STATUSES.get(status) ?? status}`),
    ...under([
      `${name} in ${region}${who}`,
      ...(controls.length === 0 ? [] : [controls.join(', ')]),
      ...rules,
      ...(fault === undefined ? [] : [`failed because: ${fault}`]),
      ...events.map(eventText),
    ]),
  ];
};

/** What a person can do about those of a status. */
const WAYS: readonly (readonly [string, string])[] = [
  ['done', 'portcullis restore ID --reason … puts back what one removed.'],
  ['pending', 'portcullis approve ID --reason … and decline ID --reason … answer a pending one.'],
  ['held', 'portcullis resume --reason … lets the held ones go on.'],
];

/** Remediations in a list, as the function gives them, and what can be done with the ids. */
export const remediationsText = (lines: readonly RemediationLine[]): readonly Line[] => {
  if (lines.length === 0) return [line('There are none.')];
  const statuses = new Set(lines.map(({ status }) => status));
  return [
    ...lines.flatMap(remediationText),
    ...WAYS.flatMap(([status, way]) => (statuses.has(status) ? [toned('faint', way)] : [])),
  ];
};
