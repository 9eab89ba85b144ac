import { moment } from '../../shared/exposure/moment.ts';
import type { RemediationLine } from '../../shared/model/command.ts';
import type { Tone } from '../../shared/reports/paint.ts';
import { type Line, line, toned, under } from './lines.ts';

/** Tones of what wants somebody's attention. */
const TONES: ReadonlyMap<string, Tone> = new Map([
  ['pending', 'warning'],
  ['held', 'warning'],
  ['failed', 'bad'],
]);

const remediationText = (one: RemediationLine): readonly Line[] => {
  const { id, at, status, groupId, groupName, region, controls, rules, actor } = one;
  const name = groupName === '' ? groupId : `${groupName} (${groupId})`;
  const who = actor === undefined ? '' : `  by ${actor}`;
  return [
    toned(TONES.get(status) ?? 'strong', `${id}  ${moment(at)}  ${status}`),
    ...under([`${name} in ${region}${who}`, ...(controls.length === 0 ? [] : [controls.join(', ')]), ...rules]),
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
