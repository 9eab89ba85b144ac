import type { Finding } from '../../domain/controls/finding.ts';
import { higherMode, type Mode } from '../../domain/controls/mode.ts';
import type { Policy } from '../../domain/controls/policy.ts';
import type { Decision, Withheld, Withholding } from '../../domain/decision.ts';
import type { ToldRule } from '../../domain/group-record.ts';
import type { Sighting } from '../../domain/ports.ts';
import type { Rule } from '../../domain/rule.ts';
import { canonicalKey } from '../../network/canonical.ts';
import { ruleKey } from '../../network/rule-key.ts';
import { attachedOf } from './attached.ts';
import { type Weighed, weigh } from './effective-mode.ts';
import { type Evaluator, evaluatorOf } from './enabled.ts';
import { about, type Findings, findingsOf } from './findings.ts';
import type { Occasion } from './occasion.ts';
import { remedyFor } from './remedy.ts';

/** How far decisions may go. */
export interface Standard {
  readonly policy: Policy;
  readonly ceiling: Mode;
}

/** Findings with their own modes; those that are off are left out. */
const weighAll = (
  findings: readonly Finding[],
  { group }: Sighting,
  { now }: Occasion,
  { policy, ceiling }: Standard,
): readonly Weighed[] =>
  findings.map((finding) => weigh(finding, group, { policy, ceiling, now })).filter(({ mode }) => mode !== 'off');

/**
 * What every enabled control finds in a group, each finding with its own mode; those that are off are left out, and so is what nothing may
 * be done about now. Pure.
 */
export const weighedFindings = (
  sighting: Sighting,
  occasion: Occasion,
  evaluator: Evaluator,
  ceiling: Mode,
): readonly Weighed[] =>
  weighAll(findingsOf(sighting, occasion, evaluator).decided, sighting, occasion, {
    policy: evaluator.policy,
    ceiling,
  });

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
interface Judged {
  readonly rule: Rule;
  readonly mode: Mode;
  readonly isFresh: boolean;
  readonly isLetGo: boolean;
}

const judgedAs = (rule: Rule, reasons: readonly Weighed[], letGo: Occasion['letGo']): Judged => {
  const mode = strictest(reasons);
  const isFirm = reasons.some(({ finding }) => finding.limit?.firm === true);
  const isLetGo = !isFirm && letGo?.has(ruleKey(rule)) === true;
  return {
    rule,
    mode: isLetGo && mode === 'approve' ? 'enforce' : mode,
    isFresh: reasons.some(({ finding }) => finding.freshness === 'fresh'),
    isLetGo,
  };
};

/** A finding that names no rule may still be one that something is to be given back for, which a person can let go. */
const modeWithoutRules = ({ mode, finding: { lost } }: Weighed, letGo: Occasion['letGo']): Mode =>
  mode === 'approve' && lost?.every((content) => letGo?.has(ruleKey(content))) === true ? 'enforce' : mode;

/**
 * Rules that share a decision. New rules never share one with rules that were there before, of which people are told something else, and
 * which alone are counted and held up; nor do rules that a person let go.
 */
const shareOf = ({ mode, isFresh, isLetGo }: Judged): string =>
  `${mode} ${isFresh ? 'fresh' : mode === 'enforce' && isLetGo ? 'let go' : 'existing'}`;

/** One decision for each share. */
const decisionsAbout = (
  judged: readonly Judged[],
  weighed: readonly Weighed[],
  sighting: Sighting,
  policy: Policy,
): readonly Decision[] =>
  [...Map.groupBy(judged, shareOf).values()].map((shared) => {
    const rules = shared.map(({ rule }) => rule);
    return decisionOf(sighting, shared[0]?.mode ?? 'off', rules, reasonsFor(rules, weighed), policy);
  });

/**
 * People were told of the rule, or asked about it, when it was added: the same again would be one message too many. A rule with a new id
 * was added anew, and a rule that an event modified was opened anew: both are news.
 */
const isToldBefore = ({ rule, mode, isFresh }: Judged, { known, trigger }: Occasion): boolean => {
  if (known?.kind !== 'confirmed' || (mode !== 'alert' && mode !== 'approve')) return false;
  if (isFresh && trigger !== 'sweep' && trigger !== 'rules-added') return false;
  const content = canonicalKey(rule);
  const isSame = (one: ToldRule) => one.content === content && (!isFresh || one.ruleId === rule.id);
  return known.told.some((one) => isSame(one) && higherMode(one.mode, mode) === one.mode);
};

/** What is to be done about a group now, and what was found and is not acted on. */
export interface Deliberation {
  readonly decisions: readonly Decision[];
  readonly withheld: readonly Withheld[];
}

const NOTHING: Deliberation = { decisions: [], withheld: [] };

const withhold = (decisions: readonly Decision[], why: Withholding): readonly Withheld[] =>
  decisions.map((decision) => ({ decision, why }));

/**
 * Judges one group: every enabled control, then one decision for each mode that results, new rules apart from old ones. A rule that several
 * controls name is in one decision only, the strictest, with all its reasons. A finding that names no rule is a decision of its own. Pure:
 * the same snapshot, change and policy give the same decisions.
 */
export const deliberate = (
  sighting: Sighting,
  occasion: Occasion,
  policy: Policy,
  ceiling: Mode,
  evaluator: Evaluator = evaluatorOf(policy),
): Deliberation => {
  return decisionsOn(findingsOf(sighting, occasion, evaluator), sighting, occasion, { policy, ceiling });
};

/** The decisions on findings: see `deliberate`. */
export function decisionsOn(
  found: Findings,
  sighting: Sighting,
  occasion: Occasion,
  { policy, ceiling }: Standard,
): Deliberation {
  if (found.decided.length + found.unconfirmed.length + found.awaited.length === 0) return NOTHING;
  const weighed = (findings: readonly Finding[]) => weighAll(findings, sighting, occasion, { policy, ceiling });
  const { letGo } = occasion;
  const isLetGo = (rule: Rule) => letGo?.has(ruleKey(rule)) === true;
  const released = found.unconfirmed.flatMap((finding) => about(finding, isLetGo));
  const reasons = weighed([...found.decided, ...released]);
  const judged = (some: readonly Weighed[]) =>
    Array.from(reasonsByRule(some), ([rule, theirs]) => judgedAs(rule, theirs, letGo));
  const [told, untold] = [true, false].map((isTold) =>
    judged(reasons).filter((one) => isToldBefore(one, occasion) === isTold),
  );
  const decisionsFor = (some: readonly Judged[] = [], because = reasons) =>
    decisionsAbout(some, because, sighting, policy);
  const later = (findings: readonly Finding[]) => {
    const because = weighed(findings);
    return decisionsFor(judged(because), because);
  };
  const aboutGroup = reasons.filter(({ finding }) => finding.rules.length === 0);
  return {
    decisions: [
      ...decisionsFor(untold),
      ...aboutGroup.map((reason) => decisionOf(sighting, modeWithoutRules(reason, letGo), [], [reason], policy)),
    ],
    withheld: [
      ...withhold(later(found.unconfirmed.flatMap((one) => about(one, (rule) => !isLetGo(rule)))), 'unconfirmed'),
      ...withhold(later(found.awaited), 'own-event'),
      ...withhold(decisionsFor(told), 'told-before'),
    ],
  };
}

/** All findings of a group, each with its own mode, whether or not something may be done about it now. */
export function weighEvery(
  { decided, unconfirmed, awaited }: Findings,
  sighting: Sighting,
  occasion: Occasion,
  standard: Standard,
): readonly Weighed[] {
  return weighAll([...decided, ...unconfirmed, ...awaited], sighting, occasion, standard);
}

/** What is to be done about a group now: see `deliberate`. Pure. */
export const decide = (
  sighting: Sighting,
  occasion: Occasion,
  policy: Policy,
  ceiling: Mode,
  evaluator: Evaluator = evaluatorOf(policy),
): readonly Decision[] => deliberate(sighting, occasion, policy, ceiling, evaluator).decisions;
