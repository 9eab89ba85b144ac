import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEVERITIES } from '../../shared/domain/finding.ts';
import type { GroupFinding } from '../../shared/reports/report.ts';
import { WorstGroups, worstFirst } from '../../shared/reports/review.ts';

function finding(id: number): fc.Arbitrary<GroupFinding> {
  return fc
    .record({ severity: fc.constantFrom(...SEVERITIES), control: fc.constantFrom('a', 'b', 'c') })
    .map((told) => ({
      finding: { ...told, freshness: 'existing', rules: [], exposures: [] },
      group: { id: `sg-${id}`, name: `group-${id % 3}`, tags: {} },
      mode: 'alert',
      limits: [],
    }));
}

const account = fc
  .nat(30)
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, id) => fc.array(finding(id), { maxLength: 3 }))));

describe('the worst groups', () => {
  it('are the first groups by their worst finding, each with all of its findings', () => {
    fc.assert(
      fc.property(account, fc.integer({ min: 1, max: 12 }), (groups, most) => {
        const worst = new WorstGroups(most);
        for (const judged of groups) worst.add(judged);
        const all = Map.groupBy(worstFirst(groups.flat()), ({ group }) => group.id);
        expect(worst.groups).toEqual([...all.values()].slice(0, most));
      }),
    );
  });
});
