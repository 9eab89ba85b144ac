import { CONTROLS } from '../../controls/registry.ts';
import type { Finding } from '../../domain/controls/finding.ts';
import type { Decision } from '../../domain/decision.ts';
import type { Rule } from '../../domain/rule.ts';
import { formatRule } from '../../network/text/format.ts';

const explained = (finding: Finding): string =>
  `${finding.control}: ${CONTROLS.find(({ id }) => id === finding.control)?.explain(finding) ?? finding.severity}`;

/** What decisions say against one rule, each control once. */
export const saidAgainst = (rule: Rule, decisions: readonly Decision[]): readonly string[] => {
  const findings = decisions.flatMap(({ because }) => because).filter(({ rules }) => rules.includes(rule));
  return [...new Map(findings.map((finding) => [finding.control, explained(finding)])).values()];
};

/** A line for each rule that something is said against: the rule, and what. */
export const objectionLines = (rules: readonly Rule[], decisions: readonly Decision[]): readonly string[] =>
  rules.flatMap((rule) => {
    const said = saidAgainst(rule, decisions);
    return said.length === 0 ? [] : [`${formatRule(rule)}: ${said.join('; ')}`];
  });
