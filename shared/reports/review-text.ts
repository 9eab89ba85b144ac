import type { Mode } from '../domain/control-options.ts';
import { SEVERITIES } from '../domain/finding.ts';
import type { GroupIdentity } from '../domain/group.ts';
import { formatRule, sanitize } from '../network/format.ts';
import { explanationOf, type GroupFinding, type KnownLocation, rulesInOrder } from './report.ts';
import { type GroupFindings, type Severities, sumOf, type Totals } from './review.ts';
import { alignColumns, counted, type Paint, SEVERITY_TONES } from './text.ts';

/** Rules of a finding that are listed before the rest is counted: a group may have 1,000. */
const MOST_RULES = 20;

/** What a mode comes to for rules that were there before. */
const MODE_MEANINGS = {
  off: 'not looked at',
  observe: 'reported, nothing is touched',
  alert: 'people are told, nothing is touched',
  approve: 'people are asked before anything is closed',
  enforce: 'closed',
} as const satisfies Record<Mode, string>;

const SEVERITY_WIDTH = Math.max(...SEVERITIES.map((severity) => severity.length));

/** `web  sg-0123456789abcdef0  vpc-…  111122223333  eu-west-1` */
export function groupLine(group: GroupIdentity, place: KnownLocation, paint: Paint): string {
  return [
    paint('strong', sanitize(group.name) || '(no name)'),
    ...[group.id, group.vpcId, place.account, place.region].flatMap((part) => (part ? [sanitize(part)] : [])),
  ].join('  ');
}

function ruleLinesOf({ finding }: GroupFinding): readonly string[] {
  const rules = rulesInOrder(finding);
  const more = rules.length - MOST_RULES;
  return [
    ...rules.slice(0, MOST_RULES).map((rule) => sanitize(formatRule(rule))),
    ...(more > 0 ? [`… and ${more} more: --format json has all`] : []),
  ];
}

function findingLines(judged: GroupFinding, paint: Paint): readonly string[] {
  const { finding, mode, limits } = judged;
  const label = paint(SEVERITY_TONES[finding.severity], finding.severity.padEnd(SEVERITY_WIDTH));
  const indent = ' '.repeat(SEVERITY_WIDTH + 4);
  return [
    `  ${label}  ${paint('strong', finding.control)}: ${explanationOf(finding)}`,
    ...ruleLinesOf(judged).map((rule) => `${indent}${rule}`),
    `${indent}${paint('faint', `mode ${mode}: ${MODE_MEANINGS[mode]}`)}`,
    ...limits.map(({ reason }) => `${indent}${paint('faint', `no further, as ${sanitize(reason)}`)}`),
  ];
}

function severityCounts(found: Severities): string {
  return SEVERITIES.toReversed()
    .flatMap((severity) => (found[severity] === 0 ? [] : [`${found[severity]} ${severity}`]))
    .join(', ');
}

function errorCount({ errors }: Totals): string {
  return `${counted(errors.length, 'part')} could not be judged`;
}

/** `3 findings (2 critical, 1 medium) in 2 of 14 groups with 87 rules` */
function summary(totals: Totals, paint: Paint): string {
  const { found, groupsWithFindings: guilty, groups, rules, errors } = totals;
  const read = `${counted(groups, 'group')} with ${counted(rules, 'rule')}`;
  const all = sumOf(found);
  const result =
    all === 0
      ? paint('good', `No findings in ${read}`)
      : paint('bad', `${counted(all, 'finding')} (${severityCounts(found)}) in ${guilty} of ${read}`);
  const unread = errors.length === 0 ? '' : paint('bad', `; ${errorCount(totals)}`);
  return `${result}${unread}.`;
}

/** What a scan found, as far as people read it. */
export interface ScanReview {
  /** Groups that are shown in full, the worst first. */
  readonly shown: readonly GroupFindings[];
  /** Number of findings of all groups, by control. */
  readonly byControl: ReadonlyMap<string, number>;
  readonly totals: Totals;
  readonly placeOf: (group: GroupIdentity) => KnownLocation;
  /** What the reader has to know to understand the verdicts: what the input cannot tell. */
  readonly notes: readonly string[];
}

/** `Nothing was judged; 1 part could not be judged.` */
export function nothingJudged(totals: Totals, paint: Paint): string {
  return paint('bad', `Nothing was judged; ${errorCount(totals)}.`);
}

/** What was found in at least one group. "No findings" stands there only if everything was judged. */
export function judgedSummary(totals: Totals, paint: Paint): string {
  const { found, groups, rules, errors } = totals;
  if (errors.length === 0 || sumOf(found) > 0) return summary(totals, paint);
  return `Nothing was found in the ${counted(groups, 'group')} with ${counted(rules, 'rule')} that could be judged; ${paint('bad', errorCount(totals))}.`;
}

/** The last line of a scan. */
function scanSummary(totals: Totals, paint: Paint): string {
  if (totals.groups > 0) return judgedSummary(totals, paint);
  return totals.errors.length === 0 ? 'There are no security groups.' : nothingJudged(totals, paint);
}

function groupLines(judged: GroupFindings, { placeOf }: ScanReview, paint: Paint): readonly string[] {
  return [
    groupLine(judged[0].group, placeOf(judged[0].group), paint),
    ...judged.flatMap((one) => findingLines(one, paint)),
    '',
  ];
}

/** The groups that are not shown: how many, and what was found in them. */
function notShownLines({ shown, byControl, totals }: ScanReview): readonly string[] {
  if (shown.length === totals.groupsWithFindings) return [];
  const rest = new Map(byControl);
  for (const { finding } of shown.flat()) rest.set(finding.control, (rest.get(finding.control) ?? 0) - 1);
  const left = [...rest].filter(([, count]) => count > 0).toSorted(([, a], [, b]) => b - a);
  const sum = left.reduce((all, [, count]) => all + count, 0);
  return [
    `… and ${counted(sum, 'finding')} more in ${counted(totals.groupsWithFindings - shown.length, 'group')}, none worse than these: --format json has all`,
    ...alignColumns(left.map(([control, count]) => [`  ${control}`, `${count}`])).map((cells) => cells.join('  ')),
    '',
  ];
}

/** A scan as people read it: group by group, the worst first, then what is not shown, what the input cannot tell, and the sum. */
export function reviewText(review: ScanReview, paint: Paint): string {
  return [
    ...review.shown.flatMap((judged) => groupLines(judged, review, paint)),
    ...notShownLines(review),
    ...review.notes.map((note) => paint('faint', `Note: ${note}`)),
    ...(review.notes.length === 0 ? [] : ['']),
    scanSummary(review.totals, paint),
    '',
  ].join('\n');
}
