import type { Change } from '../domain/change.ts';
import type { Freshness } from '../domain/finding.ts';
import type { Group, Rule } from '../domain/group.ts';
import { formatRule, sanitize } from '../network/format.ts';
import { type RuleFate, ruleRecord, type SimulatedChange } from './report.ts';
import { groupLine } from './review-text.ts';
import { counted, FATE_TONES, type Paint, plainLines } from './text.ts';

/** A rule of a touched group, and what becomes of it. */
export interface RuleResult {
  readonly rule: Rule;
  readonly verdict: RuleFate;
  readonly freshness: Freshness;
  /** Why: a line for each control that objects, or why none does. */
  readonly because: readonly string[];
}

/** What an event would lead to. */
export interface Simulation {
  readonly change: Change;
  readonly groups: readonly { readonly group: Group; readonly rules: readonly RuleResult[] }[];
  /** Calls to EC2, in words of the AWS CLI. */
  readonly calls: readonly string[];
  /** What people would read. */
  readonly alerts: readonly string[];
}

/** A simulation as reports state it. */
export function changeRecord({ change, groups, calls, alerts }: Simulation): SimulatedChange {
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

const FATES = ['closed', 'asked', 'told', 'reported', 'kept'] as const satisfies readonly RuleFate[];

const FATE_WIDTH = Math.max(...FATES.map((verdict) => verdict.length));

const FRESHNESS = { fresh: 'new', existing: 'old' } as const;

function headLines({ change }: Simulation, paint: Paint): readonly string[] {
  const { call, id, at, account, region, actor } = change;
  const who =
    actor === undefined
      ? ''
      : ` by ${actor.name ?? actor.arn ?? 'unknown'}${actor.tool === 'unknown' ? '' : ` with ${actor.tool}`}`;
  return [
    `${paint('strong', sanitize(call))}${sanitize(` ${who}`) === '' ? '' : ` ${sanitize(who)}`}`,
    paint('faint', sanitize(`event ${id}, ${new Date(at).toISOString()}, account ${account}, ${region}`)),
    '',
  ];
}

function ruleLines({ rule, verdict, freshness, because }: RuleResult, paint: Paint): readonly string[] {
  return [
    `  ${paint(FATE_TONES[verdict], verdict.padEnd(FATE_WIDTH))}  ${FRESHNESS[freshness]}  ${sanitize(formatRule(rule))}`,
    ...because.map((line) => `${' '.repeat(FATE_WIDTH + 9)}${paint('faint', sanitize(line))}`),
  ];
}

function simulatedGroupLines({ groups, change }: Simulation, paint: Paint): readonly string[] {
  return groups.flatMap(({ group, rules }) => [
    groupLine(group, change, paint),
    ...(rules.length === 0 ? ['  (no rules)'] : rules.flatMap((rule) => ruleLines(rule, paint))),
    '',
  ]);
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

/** An event, and rule by rule what becomes of the groups that it touches. */
export function simulationText(simulation: Simulation, paint: Paint): string {
  return [
    ...headLines(simulation, paint),
    ...simulatedGroupLines(simulation, paint),
    ...callLines(simulation, paint),
    ...alertLines(simulation, paint),
  ].join('\n');
}

/** `2 rules: 1 closed, 1 kept` */
export function fateSummary(simulations: readonly Simulation[]): string {
  const all = simulations.flatMap(({ groups }) => groups.flatMap(({ rules }) => rules));
  const counts = FATES.flatMap((verdict) => {
    const count = all.filter((one) => one.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${verdict}`];
  });
  return `${counted(all.length, 'rule')}${counts.length === 0 ? '' : `: ${counts.join(', ')}`}`;
}
