import { CONTROLS } from '../../controls/registry.ts';
import { higherMode, type Mode } from '../../domain/control-options.ts';
import type { Decision } from '../../domain/decision.ts';
import type { Finding } from '../../domain/finding.ts';
import type { Rule } from '../../domain/group.ts';
import type { PostRemovalGrant } from '../../domain/ledger.ts';
import type { Policy } from '../../domain/policy.ts';
import { formatRule } from '../../network/format.ts';
import { canonicalKey } from '../../network/rule-key.ts';
import { decisionsFor } from '../../remediation/decide/decide-group.ts';
import type { DecisionContext } from '../../remediation/decide/freshness.ts';
import type { CurrentGroup } from './group-snapshot.ts';

/** How rules are evaluated before they are granted. */
interface ObjectionCriteria {
  readonly policy: Policy;
  readonly ceiling: Mode;
  /** The lowest mode that counts. */
  readonly from: Mode;
}

const NEW: Pick<DecisionContext, 'trigger' | 'added'> = { trigger: 'rules-added', added: { kind: 'unknown' } };

export function isAtLeast(mode: Mode, least: Mode): boolean {
  return higherMode(mode, least) === mode;
}

/**
 * The decisions on rules if the group had them: once as fresh, and once as existing rules. Decisions on other
 * rules are left out. Pure.
 */
export function objectionsTo(
  rules: readonly Rule[],
  { groupSnapshot, exemptions }: CurrentGroup,
  standard: ObjectionCriteria,
): readonly Decision[] {
  const { policy, ceiling, from } = standard;
  const keys = new Set(rules.map(canonicalKey));
  const others = groupSnapshot.group.rules.filter((rule) => !keys.has(canonicalKey(rule)));
  const after = { ...groupSnapshot, group: { ...groupSnapshot.group, rules: [...others, ...rules] } };
  const contexts = [
    { ...NEW, exemptions, unfinished: rules },
    { ...NEW, exemptions },
  ];
  return contexts
    .flatMap((context) => decisionsFor(after, context, policy, ceiling))
    .filter((decision) => isAtLeast(decision.mode, from) && decision.rules.some((rule) => rules.includes(rule)));
}

function explained(finding: Finding): string {
  return `${finding.control}: ${CONTROLS.find(({ id }) => id === finding.control)?.explain(finding) ?? finding.severity}`;
}

/** What decisions say against one rule, once for each control. */
function objectionTexts(rule: Rule, decisions: readonly Decision[]): readonly string[] {
  const findings = decisions.flatMap((decision) => decision.findings).filter(({ rules }) => rules.includes(rule));
  return [...new Map(findings.map((finding) => [finding.control, explained(finding)])).values()];
}

/** One line for each rule that a decision is about, with the reasons. */
export function objectionLines(rules: readonly Rule[], decisions: readonly Decision[]): readonly string[] {
  return rules.flatMap((rule) => {
    const said = objectionTexts(rule, decisions);
    return said.length === 0 ? [] : [`${formatRule(rule)}: ${said.join('; ')}`];
  });
}

/**
 * Most rules that are granted after one removal. A group has 60 rules in each direction, and a grant must
 * leave room for people.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups
 */
const MOST_GRANTED = 20;

/** Rules that may be granted, and rules that may not. */
export interface AcceptedRules {
  readonly accepted: readonly Rule[];
  readonly refused: PostRemovalGrant['refused'];
}

/**
 * Criteria without the account's mode, tag modes and the runtime switch: none of these makes a grant
 * harmless.
 */
export function strictCriteria(policy: Policy, from: ObjectionCriteria['from']): ObjectionCriteria {
  return {
    policy: { ...policy, ceiling: 'enforce', tagCeilings: [] },
    ceiling: 'enforce',
    from,
  };
}

function refusedRule(rule: Rule, decisions: readonly Decision[]) {
  const said = objectionTexts(rule, decisions);
  return {
    rule,
    reason: `a control forbids it: ${said.length > 0 ? said.join('; ') : 'beside what was granted already'}`,
  };
}

/**
 * Which rules may be granted together: each rule is evaluated with the accepted ones before it, so that no
 * control finds anything in the end, whatever the runtime switch says. Pure.
 *
 * @param from the lowest mode that counts: a finding that is only observed mostly does not prevent a grant
 */
export function acceptRules(
  candidates: readonly Rule[],
  found: CurrentGroup,
  policy: Policy,
  from: 'alert' | 'observe' = 'alert',
): AcceptedRules {
  const standard = strictCriteria(policy, from);
  const accepted: Rule[] = [];
  const refused: { rule: Rule; reason: string }[] = [];
  for (const rule of candidates) {
    const decisions = objectionsTo([...accepted, rule], found, standard);
    if (decisions.length > 0) refused.push(refusedRule(rule, decisions));
    else if (accepted.length < MOST_GRANTED) accepted.push(rule);
    else refused.push({ rule, reason: `no more than ${MOST_GRANTED} rules are granted in place of what was removed` });
  }
  return { accepted, refused };
}
