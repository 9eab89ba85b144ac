import type { Change } from '../domain/change.ts';
import type { Freshness } from '../domain/finding.ts';
import type { Group, GroupIdentity, Rule } from '../domain/group.ts';
import { formatRule, sanitize } from '../network/format.ts';
import { reportJson } from './json.ts';
import {
  findingRecord,
  type GroupFinding,
  type KnownLocation,
  type RuleFate,
  ruleRecord,
  type SimulatedChange,
} from './report.ts';
import { countSeverities, type Totals, worstFirst } from './review.ts';
import { groupLine, judgedSummary, nothingJudged } from './scan-text.ts';
import { counted, FATE_TONES, isoTime, type Paint, type PolicyOrigin, plainLines, policyLine } from './text.ts';

/** What becomes of a rule of an affected group. */
export interface RuleResult {
  readonly rule: Rule;
  readonly verdict: RuleFate;
  readonly freshness: Freshness;
  /** One line for each control that objects; otherwise the reason why no control objects. */
  readonly because: readonly string[];
}

/** What one event would lead to. */
export interface Simulation {
  readonly change: Change;
  readonly groups: readonly { readonly group: Group; readonly rules: readonly RuleResult[] }[];
  /** Calls to EC2, as commands of the AWS CLI. */
  readonly calls: readonly string[];
  /** The alerts that people would read. */
  readonly alerts: readonly string[];
}

/** What a number of events would lead to. */
export interface SimulationReport {
  readonly simulations: readonly Simulation[];
  readonly findings: readonly GroupFinding[];
  readonly locationOf: (group: GroupIdentity) => KnownLocation;
  /** Number of affected groups. */
  readonly groups: number;
  /** Number of their rules, both directions. */
  readonly rules: number;
  /** What could not be read and was therefore not judged: place and reason. */
  readonly errors: readonly string[];
  /**
   * Assumptions that the reader has to know, such as an unknown state before the events. Only the text has
   * them.
   */
  readonly notes: readonly string[];
  /** Events that change no group, each with the reason. Only the text has them. */
  readonly ignored: readonly string[];
  readonly policy: PolicyOrigin;
}

/** Counts what a simulation found. */
export function simulationTotals({ findings, groups, rules, errors }: SimulationReport): Totals {
  return {
    found: countSeverities(findings.map(({ finding }) => finding)),
    groupsWithFindings: new Set(findings.map(({ group }) => group.id)).size,
    groups,
    rules,
    errors,
  };
}

/** Writes a simulation in the stable form of findings.schema.json. */
export function simulationJson(report: SimulationReport): string {
  const { simulations, findings, locationOf, groups, rules, errors } = report;
  return reportJson({
    findings: worstFirst(findings).map((one) => findingRecord(one, locationOf(one.group))),
    groups,
    rules,
    errors,
    changes: simulations.map(changeRecord),
  });
}

function changeRecord({ change, groups, calls, alerts }: Simulation): SimulatedChange {
  return {
    eventId: change.id,
    call: change.call,
    groups: groups.map(({ group, rules }) => ({
      groupId: group.id,
      groupName: group.name,
      rules: rules.map(({ rule, ...verdict }) => ({ ...ruleRecord(rule), ...verdict })),
    })),
    calls,
    alerts,
  };
}

/** Writes a simulation for people: event by event, then the ignored events, the notes and the totals. */
export function simulationText(report: SimulationReport, paint: Paint): string {
  const { simulations, notes, policy } = report;
  return [
    ...simulations.map((one) => eventText(one, paint)),
    ...ignoredLines(report),
    ...notes.map((note) => paint('faint', `Note: ${sanitize(note)}`)),
    ...(notes.length > 0 ? [''] : []),
    resultLine(report, paint),
    policyLine(policy),
    '',
  ].join('\n');
}

/** One event, and what becomes of each rule of the affected groups. */
function eventText(simulation: Simulation, paint: Paint): string {
  return [
    ...headLines(simulation, paint),
    ...simulatedGroupLines(simulation, paint),
    ...callLines(simulation, paint),
    ...alertLines(simulation, paint),
  ].join('\n');
}

function headLines({ change }: Simulation, paint: Paint): readonly string[] {
  const { call, id, at, account, region, actor } = change;
  const who =
    actor === undefined
      ? ''
      : ` by ${actor.name ?? actor.arn ?? 'unknown'}${actor.tool === 'unknown' ? '' : ` with ${actor.tool}`}`;
  return [
    `${paint('strong', sanitize(call))}${sanitize(` ${who}`) === '' ? '' : ` ${sanitize(who)}`}`,
    paint('faint', sanitize(`event ${id}, ${isoTime(at)}, account ${account}, ${region}`)),
    '',
  ];
}

function simulatedGroupLines({ groups, change }: Simulation, paint: Paint): readonly string[] {
  return groups.flatMap(({ group, rules }) => [
    groupLine(group, change, paint),
    ...(rules.length === 0 ? ['  (no rules)'] : rules.flatMap((rule) => ruleLines(rule, paint))),
    '',
  ]);
}

const FATES = ['closed', 'asked', 'told', 'reported', 'kept'] as const satisfies readonly RuleFate[];

const FATE_WIDTH = Math.max(...FATES.map((fate) => fate.length));

const FRESHNESS = { fresh: 'new', existing: 'old' } as const;

function ruleLines({ rule, verdict, freshness, because }: RuleResult, paint: Paint): readonly string[] {
  return [
    `  ${paint(FATE_TONES[verdict], verdict.padEnd(FATE_WIDTH))}  ${FRESHNESS[freshness]}  ${sanitize(formatRule(rule))}`,
    ...because.map((line) => `${' '.repeat(FATE_WIDTH + 9)}${paint('faint', sanitize(line))}`),
  ];
}

function callLines({ calls }: Simulation, paint: Paint): readonly string[] {
  return calls.length === 0 ? [] : [paint('strong', 'Calls to EC2'), ...calls.map((call) => `  ${sanitize(call)}`), ''];
}

function alertLines({ alerts }: Simulation, paint: Paint): readonly string[] {
  return alerts.flatMap((alert) => [
    paint('strong', 'On-call reads'),
    ...plainLines(alert.trimEnd()).map((line) => `  | ${line}`.trimEnd()),
    '',
  ]);
}

/** Ignored events that are listed before the rest is counted: a log file of CloudTrail holds thousands. */
const MOST_IGNORED = 10;

function ignoredLines({ ignored }: SimulationReport): readonly string[] {
  const more = ignored.length - MOST_IGNORED;
  return [
    ...ignored.slice(0, MOST_IGNORED).map((line) => sanitize(line)),
    ...(more > 0
      ? [`… and ${counted(more, 'event')} more that ${more === 1 ? 'changes' : 'change'} no security group`]
      : []),
    ...(ignored.length > 0 ? [''] : []),
  ];
}

/** The last line. It says "No findings" only if at least one group was judged and nothing was left out. */
function resultLine(report: SimulationReport, paint: Paint): string {
  const { simulations } = report;
  const totals = simulationTotals(report);
  if (totals.groups > 0) return `${fateSummary(simulations)}. ${judgedSummary(totals, paint)}`;
  if (totals.errors.length > 0) return nothingJudged(totals, paint);
  return simulations.length === 0
    ? 'Nothing was judged, because no event changes a security group.'
    : 'Nothing was judged, because no security group is left or affected after the events.';
}

/** `2 rules: 1 closed, 1 kept` */
function fateSummary(simulations: readonly Simulation[]): string {
  const all = simulations.flatMap(({ groups }) => groups.flatMap(({ rules }) => rules));
  const counts = FATES.flatMap((fate) => {
    const count = all.filter(({ verdict }) => verdict === fate).length;
    return count === 0 ? [] : [`${count} ${fate}`];
  });
  return `${counted(all.length, 'rule')}${counts.length === 0 ? '' : `: ${counts.join(', ')}`}`;
}
