import { describe, expect, it } from 'vitest';
import type { Rule } from '../../shared/domain/group.ts';
import { decisionsFor } from '../../shared/remediation/decide/decide-group.ts';
import { evaluatorOf } from '../../shared/remediation/decide/enabled-controls.ts';
import { change, GUARD, group, rule } from '../remediation/cell.ts';

function address(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}
const START = 11 * 2 ** 24;

/** Distinct blocks of one prefix length, one after the other. */
function block(i: number, prefix: number): string {
  return `${address(START + i * 2 ** (32 - prefix))}/${prefix}`;
}

function list(i: number, entries: number, prefix: number): Rule {
  return {
    ...rule('tcp', [i, 65_535 - i], '192.0.2.0/24'),
    source: {
      kind: 'prefix-list',
      id: `pl-${i}`,
      cidrs: Array.from({ length: entries }, (_, j) => block(i * entries + j, prefix)),
    },
  };
}

/** Expensive shapes: every rule has its own edges, and no rule is the world by itself. */
const SHAPES: readonly (readonly [string, number, (i: number) => Rule])[] = [
  ['nested ranges, each from a piece of the world', 200, (i) => rule('tcp', [i, 65_535 - i], block(i, 13))],
  ['nested ranges from the whole world', 200, (i) => rule('tcp', [i, 65_535 - i], '0.0.0.0/0')],
  ['overlapping windows', 200, (i) => rule('tcp', [(i * 61) % 60_000, ((i * 61) % 60_000) + 5000], block(i, 10))],
  ['every protocol from many pieces', 1000, (i) => rule('-1', -1, block(i, 16))],
  ['single ports', 1000, (i) => rule('tcp', i * 60, '0.0.0.0/0')],
  ['prefix lists that hold 1,000 blocks between them', 50, (i) => list(i, 20, 14)],
  ['one prefix list of 1,000 blocks', 1, (i) => list(i, 1000, 17)],
];

/**
 * Largest number of steps for each address block of a group. These shapes take at most 156. A quadratic
 * evaluation would take thousands.
 */
const MOST_STEPS = 250;

describe('evaluating a group of hostile shape', () => {
  it.each(SHAPES)('%s (%i rules): takes at most some hundred steps for each block', (_title, count, make) => {
    const rules = Array.from({ length: count }, (_, i) => make(i));
    const half = rules.filter((_, i) => i % 2 === 0);
    const work = { steps: 0 };
    const evaluator = evaluatorOf(GUARD, work);
    const decisions = decisionsFor(
      { group: group(rules), facts: { attachments: [] } },
      change(half),
      GUARD,
      'enforce',
      evaluator,
    );
    const blocks = rules.reduce(
      (sum, { source }) => sum + (source.kind === 'prefix-list' ? (source.cidrs?.length ?? 0) : 1),
      0,
    );
    expect(work.steps / blocks).toBeLessThan(MOST_STEPS);
    expect(decisions.length).toBeGreaterThan(0);
  });
});
