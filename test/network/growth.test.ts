import { describe, expect, it } from 'vitest';
import { NO_FACTS } from '../../shared/controls/parts/documentation.ts';
import { CONTROLS } from '../../shared/controls/registry.ts';
import { readGroups } from '../../shared/events/describe/descriptions.ts';
import { compilePolicy } from '../../shared/policy/compile.ts';
import { decisionsFor } from '../../shared/remediation/decide/decide-group.ts';
import { evaluatorOf } from '../../shared/remediation/decide/enabled-controls.ts';
import { describedShape, SHAPES } from '../bench/shapes.ts';

const policy = compilePolicy('version: 1\n', 'the preset guard', CONTROLS);

/**
 * Steps of the evaluation of a group by all controls: updates of trees, and visits of rules and segments.
 */
function stepsFor(shape: keyof typeof SHAPES, rules: number, freshEvery: number): number {
  const work = { steps: 0 };
  const [group] = readGroups(JSON.parse(describedShape(shape, rules)), 'test').groups;
  if (group === undefined) throw new Error('the description holds no group');
  const unfinished = group.rules.filter((_, index) => freshEvery > 0 && index % freshEvery === 0);
  const occasion = { trigger: 'sweep', added: { kind: 'unknown' }, unfinished } as const;
  const decisions = decisionsFor({ group, facts: NO_FACTS }, occasion, policy, 'enforce', evaluatorOf(policy, work));
  expect(decisions.length).toBeGreaterThan(1);
  return work.steps;
}

describe('the steps of an evaluation', () => {
  const shapes = Object.keys(SHAPES) as (keyof typeof SHAPES)[];
  /** n log n grows by 2.23 from 250 to 500 rules. */
  const changes = [
    ['as they were there before', 0, 2.3],
    ['every third brought by the change', 3, 2.4],
  ] as const;
  describe.each(changes)('of rules %s', (_title, freshEvery, most) => {
    it.each(shapes)('grow almost linearly with the rules: %s', (shape) => {
      const steps = [250, 500, 1000, 2000].map((rules) => stepsFor(shape, rules, freshEvery));
      const growth = steps.slice(1).map((count, i) => count / (steps[i] ?? Number.NaN));
      expect(Math.max(...growth), `${steps.join(', ')} steps`).toBeLessThanOrEqual(most);
      expect(steps[0]).toBeGreaterThan(250);
    });
  });
});
