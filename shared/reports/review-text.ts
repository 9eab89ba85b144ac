import { formatRule, plain } from '../exposure/format.ts';
import { SEVERITIES } from '../model/finding.ts';
import type { GroupIdentity } from '../model/group.ts';
import type { Mode } from '../model/mode.ts';
import { counted } from './lines.ts';
import { type Paint, SEVERITY_TONES } from './paint.ts';
import { explained, type Judged, type Place, rulesInOrder } from './records.ts';
import { type Review, worstFirst } from './review.ts';

/** Rules of a finding that are listed before the rest is counted: a group may have 1,000. */
const MOST_RULES = 20;

/** What a mode comes to for rules that were there before. */
const MEANINGS = {
  off: 'not looked at',
  observe: 'reported, nothing is touched',
  alert: 'people are told, nothing is touched',
  approve: 'people are asked before anything is closed',
  enforce: 'closed',
} as const satisfies Record<Mode, string>;

const SEVERITY_WIDTH = Math.max(...SEVERITIES.map((severity) => severity.length));

/** `web  sg-0123456789abcdef0  vpc-…  111122223333  eu-west-1` */
export const groupLine = (group: GroupIdentity, place: Place, paint: Paint): string =>
  [
    paint('strong', plain(group.name) || '(no name)'),
    ...[group.id, group.vpcId, place.account, place.region].flatMap((part) => (part ? [plain(part)] : [])),
  ].join('  ');

const rulesOf = ({ finding }: Judged): readonly string[] => {
  const rules = rulesInOrder(finding);
  const more = rules.length - MOST_RULES;
  return [
    ...rules.slice(0, MOST_RULES).map((rule) => plain(formatRule(rule))),
    ...(more > 0 ? [`… and ${more} more: --format json has all`] : []),
  ];
};

const findingLines = (judged: Judged, paint: Paint): readonly string[] => {
  const { finding, mode, limits } = judged;
  const label = paint(SEVERITY_TONES[finding.severity], finding.severity.padEnd(SEVERITY_WIDTH));
  const indent = ' '.repeat(SEVERITY_WIDTH + 4);
  return [
    `  ${label}  ${paint('strong', finding.control)}: ${explained(finding)}`,
    ...rulesOf(judged).map((rule) => `${indent}${rule}`),
    `${indent}${paint('faint', `mode ${mode}: ${MEANINGS[mode]}`)}`,
    ...limits.map(({ reason }) => `${indent}${paint('faint', `no further, as ${plain(reason)}`)}`),
  ];
};

const groupLines = (judged: readonly Judged[], review: Review, paint: Paint): readonly string[] => {
  const [first] = judged;
  if (first === undefined) return [];
  return [
    groupLine(first.group, review.placeOf(first.group), paint),
    ...judged.flatMap((one) => findingLines(one, paint)),
    '',
  ];
};

const tally = (judged: readonly Judged[]): string =>
  SEVERITIES.toReversed()
    .flatMap((severity) => {
      const count = judged.filter(({ finding }) => finding.severity === severity).length;
      return count === 0 ? [] : [`${count} ${severity}`];
    })
    .join(', ');

/** `3 findings (2 critical, 1 medium) in 2 of 14 groups with 87 rules` */
export const summary = ({ judged, groups, rules, errors }: Review, paint: Paint): string => {
  const guilty = new Set(judged.map(({ group }) => group.id)).size;
  const read = `${counted(groups, 'group')} with ${counted(rules, 'rule')}`;
  const found =
    judged.length === 0
      ? paint('good', `No findings in ${read}`)
      : paint('bad', `${counted(judged.length, 'finding')} (${tally(judged)}) in ${guilty} of ${read}`);
  const unread = errors.length === 0 ? '' : paint('bad', `; ${counted(errors.length, 'part')} could not be judged`);
  return `${found}${unread}.`;
};

/** A review as people read it: group by group, the worst first, then what the input cannot tell, then the sum. */
export const reviewText = (review: Review, paint: Paint): string => {
  const byGroup = Map.groupBy(worstFirst(review.judged), ({ group }) => group.id);
  return [
    ...[...byGroup.values()].flatMap((judged) => groupLines(judged, review, paint)),
    ...review.notes.map((note) => paint('faint', `Note: ${note}`)),
    ...(review.notes.length === 0 ? [] : ['']),
    summary(review, paint),
    '',
  ].join('\n');
};
