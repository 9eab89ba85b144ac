import { NO_FACTS } from '../../shared/controls/parts/documentation.ts';
import { CONTROLS } from '../../shared/controls/registry.ts';
import type { Group } from '../../shared/domain/group.ts';
import { readGroups } from '../../shared/events/describe/descriptions.ts';
import { compilePolicy } from '../../shared/policy/compile.ts';
import { decisionsFor } from '../../shared/remediation/decide/decide-group.ts';
import { evaluationContextOf } from '../../shared/workflows/sweep/evaluate.ts';
import { estateLines } from './generate-estate.ts';
import { describedShape, SHAPES } from './shapes.ts';

const SIZES = [250, 500, 1000, 2000];

/** Shortest processor time of a measurement, ms. The system counts in steps of up to 4 ms. */
const LEAST_MS = 100;

const SWEEP = { trigger: 'sweep', added: { kind: 'unknown' } } as const;

const policy = compilePolicy('version: 1\n', 'the preset guard', CONTROLS);

/** A measurement, with the processor time of one run in each round, ms. */
interface Task {
  readonly work: () => unknown;
  readonly costs: number[];
}

function task(work: () => unknown): Task {
  return { work, costs: [] };
}

/** Processor time of one run, ms: the mean over as many runs as `LEAST_MS` takes. */
function costOf(work: () => unknown): number {
  const begun = process.cpuUsage();
  for (let runs = 1; ; runs += 1) {
    work();
    const { user, system } = process.cpuUsage(begun);
    if (user + system >= LEAST_MS * 1000) return (user + system) / 1000 / runs;
  }
}

function median({ costs }: Task): number {
  return costs.toSorted((a, b) => a - b)[costs.length >> 1] ?? Number.NaN;
}

function groupOf(json: string): Group {
  const [group] = readGroups(JSON.parse(json), 'bench').groups;
  if (group === undefined) throw new Error('the description holds no group');
  return group;
}

/** All controls for a group of each shape and size, compared with JSON.parse of its description. */
function shapeTasks() {
  return (Object.keys(SHAPES) as (keyof typeof SHAPES)[]).flatMap((shape) =>
    SIZES.map((rules) => {
      const json = describedShape(shape, rules);
      const group = groupOf(json);
      const evaluation = task(() => decisionsFor({ group, facts: NO_FACTS }, SWEEP, policy, 'enforce'));
      return { shape, rules, evaluation, parse: task(() => JSON.parse(json) as unknown) };
    }),
  );
}

/** The sweep's evaluation of ordinary groups: 20 rules, one in 50 groups open to the world. */
function typicalTask() {
  const groups = Array.from(estateLines({ groups: 500, rules: 10_000 }), groupOf);
  const court = evaluationContextOf(policy, SWEEP, 'enforce');
  const typical = task(() => {
    for (const group of groups) court.evaluate(group, { kind: 'unconfirmed' });
  });
  return { typical, rules: groups.reduce((sum, { rules }) => sum + rules.length, 0) };
}

/** `node test/bench/evaluation.ts [ROUNDS]`: processor time of evaluation, rounds interleaved, medians. */
if (import.meta.main) {
  const shapes = shapeTasks();
  const { typical, rules: typicalRules } = typicalTask();
  const tasks = [typical, ...shapes.flatMap(({ evaluation, parse }) => [evaluation, parse])];
  for (const { work } of tasks) work();
  for (let round = 0; round < Number(process.argv[2] ?? 7); round += 1)
    for (const { work, costs } of tasks) costs.push(costOf(work));
  for (const [i, { shape, rules, evaluation, parse }] of shapes.entries()) {
    const [ms, before] = [median(evaluation), shapes[i - 1]];
    const growth = before?.shape === shape ? `× ${(ms / median(before.evaluation)).toFixed(2)}` : '';
    const floors = `${(ms / median(parse)).toFixed(1)} × JSON.parse`;
    console.log(
      `${shape.padEnd(34)}${String(rules).padStart(5)} rules${ms.toFixed(2).padStart(9)} ms ${growth.padStart(7)}${floors.padStart(22)}`,
    );
  }
  console.log(`ordinary groups: ${(typicalRules / median(typical) / 1000).toFixed(2)} million rules/s`);
}
