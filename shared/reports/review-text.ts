import { SEVERITIES } from '../domain/controls/finding.ts';
import type { Mode } from '../domain/controls/mode.ts';
import type { GroupIdentity } from '../domain/group.ts';
import { formatRule, plain } from '../network/text/format.ts';
import { columns, counted } from './lines.ts';
import { type Paint, SEVERITY_TONES } from './paint.ts';
import { explained, type Judged, type Place, rulesInOrder } from './records.ts';
import { allOf, type Severities, type Totals } from './totals.ts';
import type { GroupFindings } from './worst-groups.ts';

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

const tally = (found: Severities): string =>
  SEVERITIES.toReversed()
    .flatMap((severity) => (found[severity] === 0 ? [] : [`${found[severity]} ${severity}`]))
    .join(', ');

const unreadText = ({ errors }: Totals): string => `${counted(errors.length, 'part')} could not be judged`;

/** `3 findings (2 critical, 1 medium) in 2 of 14 groups with 87 rules` */
const summary = (totals: Totals, paint: Paint): string => {
  const { found, guilty, groups, rules, errors } = totals;
  const read = `${counted(groups, 'group')} with ${counted(rules, 'rule')}`;
  const all = allOf(found);
  const result =
    all === 0
      ? paint('good', `No findings in ${read}`)
      : paint('bad', `${counted(all, 'finding')} (${tally(found)}) in ${guilty} of ${read}`);
  const unread = errors.length === 0 ? '' : paint('bad', `; ${unreadText(totals)}`);
  return `${result}${unread}.`;
};

/** What a scan found, as far as people read it. */
export interface ScanReview {
  /** Groups that are shown in full, the worst first. */
  readonly shown: readonly GroupFindings[];
  /** Number of findings of all groups, by control. */
  readonly byControl: ReadonlyMap<string, number>;
  readonly totals: Totals;
  readonly placeOf: (group: GroupIdentity) => Place;
  /** What the reader has to know to understand the verdicts: what the input cannot tell. */
  readonly notes: readonly string[];
}

/** `Nothing was judged; 1 part could not be judged.` */
export const nothingJudged = (totals: Totals, paint: Paint): string =>
  paint('bad', `Nothing was judged; ${unreadText(totals)}.`);

/** What was found in at least one group. "No findings" stands there only if everything was judged. */
export const judgedSummary = (totals: Totals, paint: Paint): string => {
  const { found, groups, rules, errors } = totals;
  if (errors.length === 0 || allOf(found) > 0) return summary(totals, paint);
  return `Nothing was found in the ${counted(groups, 'group')} with ${counted(rules, 'rule')} that could be judged; ${paint('bad', unreadText(totals))}.`;
};

/** The last line of a scan. */
const scanSummary = (totals: Totals, paint: Paint): string => {
  if (totals.groups > 0) return judgedSummary(totals, paint);
  return totals.errors.length === 0 ? 'There are no security groups.' : nothingJudged(totals, paint);
};

const groupLines = (judged: GroupFindings, { placeOf }: ScanReview, paint: Paint): readonly string[] => [
  groupLine(judged[0].group, placeOf(judged[0].group), paint),
  ...judged.flatMap((one) => findingLines(one, paint)),
  '',
];

/** The groups that are not shown: how many, and what was found in them. */
const beyondLines = ({ shown, byControl, totals }: ScanReview): readonly string[] => {
  if (shown.length === totals.guilty) return [];
  const rest = new Map(byControl);
  for (const { finding } of shown.flat()) rest.set(finding.control, (rest.get(finding.control) ?? 0) - 1);
  const left = [...rest].filter(([, count]) => count > 0).toSorted(([, a], [, b]) => b - a);
  const sum = left.reduce((all, [, count]) => all + count, 0);
  return [
    `… and ${counted(sum, 'finding')} more in ${counted(totals.guilty - shown.length, 'group')}, none worse than these: --format json has all`,
    ...columns(left.map(([control, count]) => [`  ${control}`, `${count}`])).map((cells) => cells.join('  ')),
    '',
  ];
};

/** A scan as people read it: group by group, the worst first, then what is not shown, what the input cannot tell, and the sum. */
export const reviewText = (review: ScanReview, paint: Paint): string =>
  [
    ...review.shown.flatMap((judged) => groupLines(judged, review, paint)),
    ...beyondLines(review),
    ...review.notes.map((note) => paint('faint', `Note: ${note}`)),
    ...(review.notes.length === 0 ? [] : ['']),
    scanSummary(review.totals, paint),
    '',
  ].join('\n');
