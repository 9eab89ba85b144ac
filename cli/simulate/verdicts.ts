import type { Change } from '../../shared/domain/change.ts';
import type { Mode } from '../../shared/domain/controls/mode.ts';
import type { Policy } from '../../shared/domain/controls/policy.ts';
import type { Decision } from '../../shared/domain/decision.ts';
import type { Exemption } from '../../shared/domain/exemption.ts';
import type { Sight } from '../../shared/domain/ports.ts';
import type { Rule } from '../../shared/domain/rule.ts';
import { exemptionsAt } from '../../shared/policy/exempt.ts';
import { freshRules } from '../../shared/remediation/decide/freshness.ts';
import { explained } from '../../shared/reports/records.ts';
import type { Verdict } from '../../shared/reports/report.ts';
import type { RuleVerdict, Simulation } from '../../shared/reports/simulation.ts';
import { everyFinding, whyKept } from './why-kept.ts';

const VERDICTS = {
  off: 'kept',
  observe: 'reported',
  alert: 'told',
  approve: 'asked',
  enforce: 'closed',
} as const satisfies Record<Mode, Verdict>;

const reasons = (rule: Rule, { because, limits, mode }: Decision): readonly string[] => [
  ...because
    .filter(({ rules }) => rules.includes(rule))
    .map((finding) => `${finding.control} (${finding.severity}): ${explained(finding)}`),
  ...limits.map(({ reason }) => `held at ${mode}: ${reason}`),
];

/**
 * Rule by rule, what is decided about the groups in sight. Rules that the event added come first, as the event is about them.
 *
 * @param recorded exemptions of the ledger.
 */
export const verdictsOn = (
  sight: Sight,
  decisions: readonly Decision[],
  change: Change,
  policy: Policy,
  recorded: readonly Exemption[],
): Simulation['groups'] =>
  sight.sightings.map((sighting) => {
    const { group } = sighting;
    const now = { change, policy, exemptions: exemptionsAt(change.at, policy, recorded) };
    const findings = everyFinding(sighting, now);
    const fresh = freshRules(group.rules, change.brought);
    const verdictOn = (rule: Rule): RuleVerdict => {
      const decision = decisions.find(({ rules }) => rules.includes(rule));
      return {
        rule,
        freshness: fresh.has(rule) ? 'fresh' : 'existing',
        verdict: decision === undefined ? 'kept' : VERDICTS[decision.mode],
        because: decision === undefined ? whyKept(rule, sighting, findings, now) : reasons(rule, decision),
      };
    };
    const order = [...group.rules.filter((rule) => fresh.has(rule)), ...group.rules.filter((rule) => !fresh.has(rule))];
    return { group, rules: order.map(verdictOn) };
  });
