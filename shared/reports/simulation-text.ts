import { formatRule, plain } from '../network/text/format.ts';
import { counted, plainLines } from './lines.ts';
import { type Paint, VERDICT_TONES } from './paint.ts';
import type { Verdict } from './report.ts';
import { groupLine } from './review-text.ts';
import type { RuleVerdict, Simulation } from './simulation.ts';

const VERDICTS = ['closed', 'asked', 'told', 'reported', 'kept'] as const satisfies readonly Verdict[];

const VERDICT_WIDTH = Math.max(...VERDICTS.map((verdict) => verdict.length));

const FRESHNESS = { fresh: 'new', existing: 'old' } as const;

const headLines = ({ change }: Simulation, paint: Paint): readonly string[] => {
  const { call, id, at, account, region, actor } = change;
  const who =
    actor === undefined
      ? ''
      : ` by ${actor.name ?? actor.arn ?? 'unknown'}${actor.tool === 'unknown' ? '' : ` with ${actor.tool}`}`;
  return [
    `${paint('strong', plain(call))}${plain(` ${who}`) === '' ? '' : ` ${plain(who)}`}`,
    paint('faint', plain(`event ${id}, ${new Date(at).toISOString()}, account ${account}, ${region}`)),
    '',
  ];
};

const ruleLines = ({ rule, verdict, freshness, because }: RuleVerdict, paint: Paint): readonly string[] => [
  `  ${paint(VERDICT_TONES[verdict], verdict.padEnd(VERDICT_WIDTH))}  ${FRESHNESS[freshness]}  ${plain(formatRule(rule))}`,
  ...because.map((line) => `${' '.repeat(VERDICT_WIDTH + 9)}${paint('faint', plain(line))}`),
];

const groupsLines = ({ groups, change }: Simulation, paint: Paint): readonly string[] =>
  groups.flatMap(({ group, rules }) => [
    groupLine(group, change, paint),
    ...(rules.length === 0 ? ['  (no rules)'] : rules.flatMap((rule) => ruleLines(rule, paint))),
    '',
  ]);

const callLines = ({ calls }: Simulation, paint: Paint): readonly string[] =>
  calls.length === 0 ? [] : [paint('strong', 'Calls to EC2'), ...calls.map((call) => `  ${plain(call)}`), ''];

const alertLines = ({ alerts }: Simulation, paint: Paint): readonly string[] =>
  alerts.flatMap((alert) => [
    paint('strong', 'On-call reads'),
    ...plainLines(alert.trimEnd()).map((line) => `  | ${line}`.trimEnd()),
    '',
  ]);

/** An event, and rule by rule what becomes of the groups that it touches. */
export const simulationText = (simulation: Simulation, paint: Paint): string =>
  [
    ...headLines(simulation, paint),
    ...groupsLines(simulation, paint),
    ...callLines(simulation, paint),
    ...alertLines(simulation, paint),
  ].join('\n');

/** `2 rules: 1 closed, 1 kept` */
export const verdictSummary = (simulations: readonly Simulation[]): string => {
  const all = simulations.flatMap(({ groups }) => groups.flatMap(({ rules }) => rules));
  const counts = VERDICTS.flatMap((verdict) => {
    const count = all.filter((one) => one.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${verdict}`];
  });
  return `${counted(all.length, 'rule')}${counts.length === 0 ? '' : `: ${counts.join(', ')}`}`;
};
