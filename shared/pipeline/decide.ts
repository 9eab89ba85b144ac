import { exposureOf } from '../exposure/rule-exposure.ts';
import { ruleKey } from '../exposure/rule-key.ts';
import type { Change } from '../model/change.ts';
import type { AnyControl } from '../model/control.ts';
import type { Decision } from '../model/decision.ts';
import type { Exemption } from '../model/exemption.ts';
import type { RuleExposure } from '../model/exposure.ts';
import type { Facts } from '../model/facts.ts';
import type { Finding } from '../model/finding.ts';
import type { Group } from '../model/group.ts';
import type { Mode } from '../model/mode.ts';
import { higherMode } from '../model/mode.ts';
import type { Policy } from '../model/policy.ts';
import type { Sighting } from '../model/ports.ts';
import type { Rule } from '../model/rule.ts';
import { withoutExempt } from '../policy/exempt.ts';
import { attachedOf } from './attached.ts';
import { countedFindings, seenBy } from './canary-view.ts';
import { type Weighed, weigh } from './effective-mode.ts';
import { type Evaluator, evaluatorOf, needsOf } from './enabled.ts';
import { freshRules } from './fresh.ts';
import { graded } from './grade.ts';
import { heldByList } from './list-limit.ts';
import { remedyFor } from './remedy.ts';
import { heldForService } from './service-hold.ts';

/** What groups are judged on the occasion of: the change, rules that an earlier try was to remove, and what people said. */
export interface Occasion extends Pick<Change, 'trigger' | 'brought' | 'actor'> {
  readonly unfinished?: readonly Rule[];
  /** Live exemptions of the groups, the policy's and the ledger's. */
  readonly exemptions?: readonly Exemption[];
  /** Keys (`ruleKey`) of rules that a person let go. */
  readonly letGo?: ReadonlySet<string>;
  /** Milliseconds since the epoch; absent where no time is meant, so that nothing is frozen. */
  readonly now?: number;
}

/** True of the facts that this control may touch: it declares the others absent from its subject's type. */
const sufficient = (facts: Partial<Facts>, control: AnyControl): facts is Facts =>
  needsOf(control).every((need) => need in facts);

/** The exposure of the rules that a control sees: the same object for all controls that see the same rules. */
const exposureFor = (fresh: ReadonlySet<Rule>, { world, work }: Evaluator) => {
  let last: RuleExposure | undefined;
  return ({ rules }: Group): RuleExposure => {
    if (last?.rules !== rules) last = exposureOf(rules, fresh, world, work);
    return last;
  };
};

const findingsOf = (sighting: Sighting, change: Occasion, evaluator: Evaluator): readonly Finding[] => {
  const { group, facts } = sighting;
  const { policy } = evaluator;
  const fresh = new Set([...freshRules(group.rules, change.brought), ...(change.unfinished ?? [])]);
  const exemptions = change.exemptions ?? [];
  const exposureOfRules = exposureFor(fresh, evaluator);
  const findings = evaluator.controls(change.trigger).flatMap((control) => {
    const options = policy.controls[control.id];
    if (options === undefined || !sufficient(facts, control)) return [];
    const visible = withoutExempt(seenBy(control, group), control.id, exemptions);
    if (visible === undefined) return [];
    const exposure = exposureOfRules(visible);
    const found = control.evaluate({ group: visible, facts, trigger: change.trigger, fresh, exposure }, options);
    return found.map((finding) => heldByList(control.graded ? graded(finding, facts) : finding, change.brought));
  });
  const evidence = { change, episodes: facts.episodes ?? [], policy };
  return heldForService(countedFindings(findings, group), group, evidence);
};

/** What every enabled control finds in a group, each finding with its own mode; those that are off are left out. Pure. */
export const weighedFindings = (
  sighting: Sighting,
  change: Occasion,
  policy: Policy,
  ceiling: Mode,
  evaluator = evaluatorOf(policy),
): readonly Weighed[] =>
  findingsOf(sighting, change, evaluator)
    .map((finding) => weigh(finding, sighting.group, { policy, ceiling, now: change.now }))
    .filter(({ mode }) => mode !== 'off');

const strictest = (weighed: readonly Weighed[]): Mode => weighed.map(({ mode }) => mode).reduce(higherMode, 'off');

/** The reasons that have the decision's mode by themselves; all of them where a person has lifted it. */
const deciding = (reasons: readonly Weighed[], mode: Mode): readonly Finding[] => {
  const own = reasons.filter((reason) => reason.mode === mode);
  return (own.length > 0 ? own : reasons).map(({ finding }) => finding);
};

const decisionOf = (
  { group: { rules: all, ...group }, facts: { attachments } }: Sighting,
  mode: Mode,
  rules: readonly Rule[],
  reasons: readonly Weighed[],
  policy: Policy,
): Decision => {
  const limits = reasons.flatMap((reason) => reason.limits).filter((limit) => higherMode(limit.mode, mode) === mode);
  return {
    group,
    rules,
    others: all.length - rules.length,
    because: reasons.map(({ finding }) => finding),
    mode,
    remedy: remedyFor(deciding(reasons, mode), policy),
    limits: [...new Map(limits.map((limit) => [limit.reason, limit])).values()],
    ...(attachments && { attached: attachedOf(attachments) }),
  };
};

const reasonsFor = (rules: readonly Rule[], weighed: readonly Weighed[]): readonly Weighed[] => {
  const theirs = new Set(rules);
  return weighed.filter(({ finding }) => finding.rules.some((rule) => theirs.has(rule)));
};

/** The findings that name each rule, in the order in which the rules are named first. */
const reasonsByRule = (weighed: readonly Weighed[]): ReadonlyMap<Rule, readonly Weighed[]> => {
  const reasons = new Map<Rule, Weighed[]>();
  for (const one of weighed) {
    for (const rule of new Set(one.finding.rules)) {
      const known = reasons.get(rule);
      if (known === undefined) reasons.set(rule, [one]);
      else known.push(one);
    }
  }
  return reasons;
};

/** What becomes of a rule: its mode, whether any reason for that is this change, and whether a person let it go. */
interface Verdict {
  readonly mode: Mode;
  readonly isFresh: boolean;
  readonly isLetGo: boolean;
}

const verdictOn = (rule: Rule, reasons: readonly Weighed[], letGo: Occasion['letGo']): Verdict => {
  const mode = strictest(reasons);
  const isFirm = reasons.some(({ finding }) => finding.limit?.firm === true);
  const isLetGo = !isFirm && letGo?.has(ruleKey(rule)) === true;
  return {
    mode: isLetGo && mode === 'approve' ? 'enforce' : mode,
    isFresh: reasons.some(({ finding }) => finding.freshness === 'fresh'),
    isLetGo,
  };
};

/** A finding that names no rule may still be one that something is to be given back for, which a person can let go. */
const modeWithoutRules = ({ mode, finding: { lost } }: Weighed, letGo: Occasion['letGo']): Mode =>
  mode === 'approve' && lost?.every((content) => letGo?.has(ruleKey(content))) === true ? 'enforce' : mode;

/**
 * What is closed because this change brought it, or because a person said so, never shares a plan with what was there before: only
 * that is counted and held up.
 */
const shareOf = ({ mode, isFresh, isLetGo }: Verdict): string => {
  if (mode !== 'enforce') return mode;
  return isFresh ? 'enforce, fresh' : isLetGo ? 'enforce, let go' : 'enforce';
};

/**
 * Judges one group: every enabled control, then one decision for each mode that results. A rule that several controls name is in
 * one decision only, the strictest, with all its reasons. A finding that names no rule is a decision of its own. Pure: the same sight,
 * change and policy give the same decisions.
 */
export const decide = (
  sighting: Sighting,
  change: Occasion,
  policy: Policy,
  ceiling: Mode,
  evaluator = evaluatorOf(policy),
): readonly Decision[] => {
  const weighed = weighedFindings(sighting, change, policy, ceiling, evaluator);
  const judged = Array.from(reasonsByRule(weighed), ([rule, reasons]) => ({
    rule,
    ...verdictOn(rule, reasons, change.letGo),
  }));
  const aboutRules = [...Map.groupBy(judged, shareOf).values()].map((shared) => {
    const rules = shared.map(({ rule }) => rule);
    return decisionOf(sighting, shared[0]?.mode ?? 'off', rules, reasonsFor(rules, weighed), policy);
  });
  const aboutGroup = weighed.filter(({ finding }) => finding.rules.length === 0);
  return [
    ...aboutRules,
    ...aboutGroup.map((reason) => decisionOf(sighting, modeWithoutRules(reason, change.letGo), [], [reason], policy)),
  ];
};
