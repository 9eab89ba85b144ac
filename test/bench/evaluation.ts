import { NOTHING_KNOWN } from '../../shared/controls/case.ts';
import { CONTROLS } from '../../shared/controls/registry.ts';
import type { Group } from '../../shared/model/group.ts';
import { decide } from '../../shared/pipeline/decide.ts';
import { courtOf } from '../../shared/pipeline/sweep/court.ts';
import { compilePolicy } from '../../shared/policy/compile.ts';
import { readGroups } from '../../shared/readers/describe.ts';
import { estateLines } from './generate-estate.ts';
import { describedShape, SHAPES } from './shapes.ts';

const SIZES = [250, 500, 1000, 2000];
const ROUNDS = Number(process.argv[2] ?? 7);

/** Least processor time of one measurement, ms: the clock of the processor counts in steps of up to 1 ms. */
const LEAST_MS = 40;

const policy = compilePolicy('version: 1\n', 'the preset guard', CONTROLS);
const SWEEP = { trigger: 'sweep', brought: { kind: 'unknown' } } as const;

const groupOf = (json: string): Group => {
  const [group] = readGroups(JSON.parse(json), 'bench').groups;
  if (group === undefined) throw new Error('the description holds no group');
  return group;
};

/** Processor time of one call, ms: the mean over as many calls as `LEAST_MS` needs. */
const cost = (work: () => unknown): number => {
  let calls = 0;
  const begun = process.cpuUsage();
  for (;;) {
    work();
    calls += 1;
    const { user, system } = process.cpuUsage(begun);
    if ((user + system) / 1000 >= LEAST_MS) return (user + system) / 1000 / calls;
  }
};

interface Task {
  readonly name: string;
  readonly work: () => unknown;
  readonly costs: number[];
}

const task = (name: string, work: () => unknown): Task => ({ name, work, costs: [] });

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const shapes = (Object.keys(SHAPES) as (keyof typeof SHAPES)[]).map((shape) => ({
  shape,
  sizes: SIZES.map((rules) => {
    const json = describedShape(shape, rules);
    const group = groupOf(json);
    const judged = () => decide({ group, facts: NOTHING_KNOWN }, SWEEP, policy, 'enforce');
    return { rules, findings: judged().length, judge: task('', judged), parse: task('', () => JSON.parse(json)) };
  }),
}));

const typical = Array.from(estateLines({ groups: 500, rules: 10_000 }), (line) => groupOf(`[${line}]`)).filter(
  ({ rules }) =>
    !rules.some(({ direction, source }) => direction === 'ingress' && 'cidr' in source && source.cidr === '0.0.0.0/0'),
);
const typicalRules = typical.reduce((sum, { rules }) => sum + rules.length, 0);
const court = courtOf(policy, SWEEP, 'enforce');
const typicalTask = task('typical groups', () => {
  for (const group of typical) court.judge(group);
});
const typicalFacts = task('typical groups', () => {
  for (const group of typical) decide({ group, facts: NOTHING_KNOWN }, SWEEP, policy, 'enforce');
});

const tasks = [
  typicalTask,
  typicalFacts,
  ...shapes.flatMap(({ sizes }) => sizes.flatMap(({ judge, parse }) => [judge, parse])),
];
for (let round = 0; round < ROUNDS; round += 1) for (const { work, costs } of tasks) costs.push(cost(work));

for (const { shape, sizes } of shapes) {
  let before = Number.NaN;
  for (const { rules, judge, parse, findings } of sizes) {
    const [ms, floor] = [median(judge.costs), median(parse.costs)];
    console.log(
      `${shape.padEnd(36)} ${String(rules).padStart(5)} rules ${ms.toFixed(3).padStart(10)} ms  ratio ${(ms / before).toFixed(2).padStart(5)}  ${(ms / floor).toFixed(1).padStart(7)} x JSON.parse (${floor.toFixed(3)} ms)  ${findings} decisions`,
    );
    before = ms;
  }
}
for (const [name, { costs }] of [
  ['sweep', typicalTask],
  ['all facts known', typicalFacts],
] as const)
  console.log(`typical groups, ${name}: ${(typicalRules / median(costs) / 1000).toFixed(2)} million rules/s`);
