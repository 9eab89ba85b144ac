import type { Mode } from '../domain/control-options.ts';
import { SEVERITIES } from '../domain/finding.ts';
import type { GroupIdentity } from '../domain/group.ts';
import { formatRule, sanitize } from '../network/format.ts';
import { type ExemptionRecord, explanationOf, type GroupFinding, type KnownLocation, rulesInOrder } from './report.ts';
import { type GroupFindings, type ScanSummary, type Severities, sumOf, type Totals } from './review.ts';
import { alignColumns, counted, type Paint, policyLine, SEVERITY_TONES } from './text.ts';

/** What the text needs to know besides the findings and the summary. */
export interface ScanTextContext {
  readonly locationOf: (group: GroupIdentity) => KnownLocation;
  readonly paint: Paint;
}

/** Number of groups that the text shows in full; the rest is counted. */
export const MOST_GROUPS = 1000;

/** `web  sg-0123456789abcdef0  vpc-…  111122223333  eu-west-1` */
export function groupLine(group: GroupIdentity, { account, region }: KnownLocation, paint: Paint): string {
  return [
    paint('strong', sanitize(group.name) || '(no name)'),
    ...[group.id, group.vpcId, account, region].flatMap((part) => (part ? [sanitize(part)] : [])),
  ].join('  ');
}

/** `Nothing was judged; 1 part could not be judged.` */
export function nothingJudged(totals: Totals, paint: Paint): string {
  return paint('bad', `Nothing was judged; ${errorCount(totals)}.`);
}

function errorCount({ errors }: Totals): string {
  return `${counted(errors.length, 'part')} could not be judged`;
}

/** The totals of at least one group. It says "No findings" only if everything was judged. */
export function judgedSummary(totals: Totals, paint: Paint): string {
  const { found, groups, rules, errors } = totals;
  if (errors.length === 0 || sumOf(found) > 0) return findingsSummary(totals, paint);
  return `Nothing was found in the ${counted(groups, 'group')} with ${counted(rules, 'rule')} that could be judged; ${paint('bad', errorCount(totals))}.`;
}

/** `3 findings (2 critical, 1 medium) in 2 of 14 groups with 87 rules` */
function findingsSummary(totals: Totals, paint: Paint): string {
  const { found, groupsWithFindings, groups, rules, errors } = totals;
  const read = `${counted(groups, 'group')} with ${counted(rules, 'rule')}`;
  const all = sumOf(found);
  const result =
    all === 0
      ? paint('good', `No findings in ${read}`)
      : paint('bad', `${counted(all, 'finding')} (${severityCounts(found)}) in ${groupsWithFindings} of ${read}`);
  const unread = errors.length === 0 ? '' : paint('bad', `; ${errorCount(totals)}`);
  return `${result}${unread}.`;
}

function severityCounts(found: Severities): string {
  return SEVERITIES.toReversed()
    .flatMap((severity) => (found[severity] === 0 ? [] : [`${found[severity]} ${severity}`]))
    .join(', ');
}

/**
 * Writes a scan for people: the worst groups in full, then what is not shown, the notes, the totals and the
 * basis.
 */
export function scanText(shown: readonly GroupFindings[], summary: ScanSummary, context: ScanTextContext): string {
  const { notes } = summary.scan;
  return [
    ...shown.flatMap((findings) => groupLines(findings, context)),
    ...notShownLines(shown, summary),
    ...notes.map((note) => context.paint('faint', `Note: ${note}`)),
    ...(notes.length === 0 ? [] : ['']),
    scanSummary(summary, context.paint),
    ...basisLines(summary),
    '',
  ].join('\n');
}

function groupLines(findings: GroupFindings, { locationOf, paint }: ScanTextContext): readonly string[] {
  const [{ group }] = findings;
  return [
    groupLine(group, locationOf(group), paint),
    ...findings.flatMap((finding) => findingLines(finding, paint)),
    '',
  ];
}

const SEVERITY_WIDTH = Math.max(...SEVERITIES.map((severity) => severity.length));

/** What each mode means for rules that were in the group before. */
const MODE_MEANINGS = {
  off: 'not looked at',
  observe: 'reported, nothing is touched',
  alert: 'people are told, nothing is touched',
  approve: 'people are asked before anything is closed',
  enforce: 'closed',
} as const satisfies Record<Mode, string>;

function findingLines(one: GroupFinding, paint: Paint): readonly string[] {
  const { finding, mode, limits } = one;
  const label = paint(SEVERITY_TONES[finding.severity], finding.severity.padEnd(SEVERITY_WIDTH));
  const indent = ' '.repeat(SEVERITY_WIDTH + 4);
  return [
    `  ${label}  ${paint('strong', finding.control)}: ${explanationOf(finding)}`,
    ...ruleLinesOf(one).map((rule) => `${indent}${rule}`),
    `${indent}${paint('faint', `mode ${mode}: ${MODE_MEANINGS[mode]}`)}`,
    ...limits.map(({ reason }) => `${indent}${paint('faint', `no further, as ${sanitize(reason)}`)}`),
  ];
}

/**
 * Number of rules that the text lists for each finding; the rest is counted, because a group may have 1,000.
 */
const MOST_RULES = 20;

function ruleLinesOf({ finding }: GroupFinding): readonly string[] {
  const rules = rulesInOrder(finding);
  const more = rules.length - MOST_RULES;
  return [
    ...rules.slice(0, MOST_RULES).map((rule) => sanitize(formatRule(rule))),
    ...(more > 0 ? [`… and ${more} more: --format json has all`] : []),
  ];
}

/** Counts the groups that are not shown, and their findings by control. */
function notShownLines(shown: readonly GroupFindings[], summary: ScanSummary): readonly string[] {
  const { byControl, groupsWithFindings } = summary;
  if (shown.length === groupsWithFindings) return [];
  const rest = new Map(byControl);
  for (const { finding } of shown.flat()) rest.set(finding.control, (rest.get(finding.control) ?? 0) - 1);
  const left = [...rest].filter(([, count]) => count > 0).toSorted(([, a], [, b]) => b - a);
  const sum = left.reduce((all, [, count]) => all + count, 0);
  return [
    `… and ${counted(sum, 'finding')} more in ${counted(groupsWithFindings - shown.length, 'group')}, none worse than these: --format json has all`,
    ...alignColumns(left.map(([control, count]) => [`  ${control}`, `${count}`])).map((cells) => cells.join('  ')),
    '',
  ];
}

/** The last line of a scan. */
function scanSummary(totals: Totals, paint: Paint): string {
  if (totals.groups > 0) return judgedSummary(totals, paint);
  return totals.errors.length === 0 ? 'There are no security groups.' : nothingJudged(totals, paint);
}

/** The policy and the exemptions that the scan applied, its time and the version. */
function basisLines({ scan, ledgerRegion }: ScanSummary): readonly string[] {
  const { time, tool, policy, exemptions } = scan;
  return [
    policyLine(policy),
    ...exemptions.applied.map(exemptionLine),
    ledgerRegion === undefined
      ? 'Exemptions: those of the policy. Those in the ledger of a cell were not read (see --cell).'
      : `Exemptions: those of the policy and those in the ledger of the cell in ${ledgerRegion}.`,
    `Scanned ${time} with ${tool.name} ${tool.version}.`,
  ];
}

function exemptionLine({ id, findings, groups, until, owner, reason }: ExemptionRecord): string {
  return sanitize(
    `Exempt: ${counted(findings, 'finding')} in ${counted(groups, 'group')} by ${id}, until ${until}, owner ${owner}: ${reason}`,
  );
}
