import type { Change } from '../shared/domain/change.ts';
import type { Policy } from '../shared/domain/controls/policy.ts';
import type { Decision } from '../shared/domain/decision.ts';
import type { Exemption } from '../shared/domain/exemption.ts';
import type { Sighting } from '../shared/domain/ports.ts';
import { weighedFindings } from '../shared/remediation/decide/decide.ts';
import { weigh } from '../shared/remediation/decide/effective-mode.ts';
import type { Evaluator } from '../shared/remediation/decide/enabled.ts';
import type { Judged } from '../shared/reports/records.ts';

/** Looked at without a change: every violation was there before. */
const SWEEP = { trigger: 'sweep', brought: { kind: 'unknown' } } as const satisfies Pick<Change, 'trigger' | 'brought'>;

/**
 * The findings behind decisions, each with its own mode: a rule that several controls name gets the highest of theirs. There is no
 * runtime switch here, so nothing is held down by one.
 */
export const findingsBehind = (decisions: readonly Decision[], policy: Policy): readonly Judged[] => {
  const groups = new Map(
    decisions.flatMap(({ group, because }) => because.map((finding) => [finding, group] as const)),
  );
  return Array.from(groups, ([finding, group]) => ({
    ...weigh(finding, group, { policy, ceiling: 'enforce' }),
    group,
  }));
};

/** What the controls find in a group as it stands, apart from what the exemptions leave out. */
export const judge = (
  { group, facts }: Sighting,
  evaluator: Evaluator,
  exemptions: readonly Exemption[] = [],
): readonly Judged[] => {
  const found = weighedFindings({ group, facts }, { ...SWEEP, exemptions }, evaluator, 'enforce');
  if (found.length === 0) return [];
  const { rules: _rules, ...identity } = group;
  return found.map((weighed) => ({ ...weighed, group: identity }));
};
