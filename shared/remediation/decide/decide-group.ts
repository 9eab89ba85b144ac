import { higherMode, type Mode, type RemedyId } from '../../domain/control-options.ts';
import type { AttachmentSummary, Decision, Withheld } from '../../domain/decision.ts';
import type { Finding } from '../../domain/finding.ts';
import type { Attachment, Rule } from '../../domain/group.ts';
import type { NotifiedRule } from '../../domain/group-record.ts';
import type { Policy } from '../../domain/policy.ts';
import type { GroupSnapshot } from '../../domain/ports.ts';
import type { WithheldReason } from '../../domain/reasons.ts';
import { canonicalKey, ruleKey } from '../../network/rule-key.ts';
import { type FindingWithMode, withEffectiveMode } from './effective-mode.ts';
import { type Evaluator, evaluatorOf } from './enabled-controls.ts';
import { type ControlFindings, findingsOf, restrictedTo } from './findings.ts';
import type { DecisionContext } from './freshness.ts';

/** Ids that are named: enough to know where to look. */
const MOST_IDS = 3;

function kindsOf(attachments: readonly Attachment[]): AttachmentSummary['kinds'] {
  return [...Map.groupBy(attachments, ({ owner = 'other' }) => owner)]
    .map(([kind, some]) => ({ kind, count: some.length }))
    .toSorted((a, b) => b.count - a.count);
}

/** What a group is attached to, in short: for people, and small enough for every record. */
export function summarizeAttachments(attachments: readonly Attachment[]): AttachmentSummary {
  return {
    interfaces: attachments.length,
    kinds: kindsOf(attachments),
    ids: [...new Set(attachments.map(({ instanceId, interfaceId }) => instanceId ?? interfaceId))].slice(0, MOST_IDS),
    hasPublicAddress: attachments.some(
      ({ publicIp, publicIpv6 }) => publicIp !== undefined || publicIpv6 !== undefined,
    ),
  };
}

/**
 * The remedy that all the reasons' controls agree on; where they do not, the rules are just closed. But a group whose members have to be
 * moved is not stripped before, whatever else is said of its rules.
 */
function remedyFor(because: readonly Finding[], policy: Policy): RemedyId {
  const remedies = new Set(because.map(({ control }) => policy.controls[control]?.remedy ?? 'revoke'));
  if (remedies.has('migrate')) return 'migrate';
  const [only = 'revoke'] = remedies;
  return remedies.size === 1 ? only : 'revoke';
}

/** How far decisions may go. */
export interface DecisionLimits {
  readonly policy: Policy;
  readonly ceiling: Mode;
}

/** Findings with their own modes; those that are off are left out. */
function withModes(
  findings: readonly Finding[],
  { group }: GroupSnapshot,
  { now }: DecisionContext,
  { policy, ceiling }: DecisionLimits,
): readonly FindingWithMode[] {
  return findings
    .map((finding) => withEffectiveMode(finding, group, { policy, ceiling, now }))
    .filter(({ mode }) => mode !== 'off');
}

/**
 * What every enabled control finds in a group, each finding with its own mode; those that are off are left out, and so is what nothing may
 * be done about now. Pure.
 */
export function findingsWithModes(
  sighting: GroupSnapshot,
  occasion: DecisionContext,
  evaluator: Evaluator,
  ceiling: Mode,
): readonly FindingWithMode[] {
  return withModes(findingsOf(sighting, occasion, evaluator).decided, sighting, occasion, {
    policy: evaluator.policy,
    ceiling,
  });
}

function strictest(weighed: readonly FindingWithMode[]): Mode {
  return weighed.map(({ mode }) => mode).reduce(higherMode, 'off');
}

/** The reasons that have the decision's mode by themselves; all of them where a person has lifted it. */
function decidingFindings(reasons: readonly FindingWithMode[], mode: Mode): readonly Finding[] {
  const own = reasons.filter((reason) => reason.mode === mode);
  return (own.length > 0 ? own : reasons).map(({ finding }) => finding);
}

function decisionOf(
  { group: { rules: all, ...group }, facts: { attachments } }: GroupSnapshot,
  mode: Mode,
  rules: readonly Rule[],
  reasons: readonly FindingWithMode[],
  policy: Policy,
): Decision {
  const limits = reasons.flatMap((reason) => reason.limits).filter((limit) => higherMode(limit.mode, mode) === mode);
  return {
    group,
    rules,
    otherRuleCount: all.length - rules.length,
    findings: reasons.map(({ finding }) => finding),
    mode,
    remedy: remedyFor(decidingFindings(reasons, mode), policy),
    limits: [...new Map(limits.map((limit) => [limit.reason, limit])).values()],
    ...(attachments && { attached: summarizeAttachments(attachments) }),
  };
}

function reasonsFor(rules: readonly Rule[], weighed: readonly FindingWithMode[]): readonly FindingWithMode[] {
  const theirs = new Set(rules);
  return weighed.filter(({ finding }) => finding.rules.some((rule) => theirs.has(rule)));
}

/** The findings that name each rule, in the order in which the rules are named first. */
function reasonsByRule(weighed: readonly FindingWithMode[]): ReadonlyMap<Rule, readonly FindingWithMode[]> {
  const reasons = new Map<Rule, FindingWithMode[]>();
  for (const one of weighed) {
    for (const rule of new Set(one.finding.rules)) {
      const known = reasons.get(rule);
      if (known === undefined) reasons.set(rule, [one]);
      else known.push(one);
    }
  }
  return reasons;
}

/** What becomes of a rule: its mode, whether any reason for that is this change, and whether a person let it go. */
interface JudgedRule {
  readonly rule: Rule;
  readonly mode: Mode;
  readonly isFresh: boolean;
  readonly isApproved: boolean;
}

function judgeRule(
  rule: Rule,
  reasons: readonly FindingWithMode[],
  approvedRules: DecisionContext['approvedRules'],
): JudgedRule {
  const mode = strictest(reasons);
  const isFirm = reasons.some(({ finding }) => finding.limit?.firm === true);
  const isLetGo = !isFirm && approvedRules?.has(ruleKey(rule)) === true;
  return {
    rule,
    mode: isLetGo && mode === 'approve' ? 'enforce' : mode,
    isFresh: reasons.some(({ finding }) => finding.freshness === 'fresh'),
    isApproved: isLetGo,
  };
}

/** A finding that names no rule may still be one that something is to be given back for, which a person can let go. */
function modeWithoutRules(
  { mode, finding: { removedRules } }: FindingWithMode,
  approvedRules: DecisionContext['approvedRules'],
): Mode {
  return mode === 'approve' && removedRules?.every((content) => approvedRules?.has(ruleKey(content))) === true
    ? 'enforce'
    : mode;
}

/**
 * Rules that share a decision. New rules never share one with rules that were there before, of which people are told something else, and
 * which alone are counted and held up; nor do rules that a person let go.
 */
function decisionKey({ mode, isFresh, isApproved }: JudgedRule): string {
  return `${mode} ${isFresh ? 'fresh' : mode === 'enforce' && isApproved ? 'let go' : 'existing'}`;
}

/** One decision for each share. */
function decisionsAbout(
  judged: readonly JudgedRule[],
  weighed: readonly FindingWithMode[],
  sighting: GroupSnapshot,
  policy: Policy,
): readonly Decision[] {
  return [...Map.groupBy(judged, decisionKey).values()].map((shared) => {
    const rules = shared.map(({ rule }) => rule);
    return decisionOf(sighting, shared[0]?.mode ?? 'off', rules, reasonsFor(rules, weighed), policy);
  });
}

/**
 * People were told of the rule, or asked about it, when it was added: the same again would be one message too many. A rule with a new id
 * was added anew, and a rule that an event modified was opened anew: both are news.
 */
function wasNotifiedBefore({ rule, mode, isFresh }: JudgedRule, { recordedState, trigger }: DecisionContext): boolean {
  if (recordedState?.kind !== 'confirmed' || (mode !== 'alert' && mode !== 'approve')) return false;
  if (isFresh && trigger !== 'sweep' && trigger !== 'rules-added') return false;
  const content = canonicalKey(rule);
  const isSame = (one: NotifiedRule) => one.content === content && (!isFresh || one.ruleId === rule.id);
  return recordedState.notified.some((one) => isSame(one) && higherMode(one.mode, mode) === one.mode);
}

/** What is to be done about a group now, and what was found and is not acted on. */
export interface GroupDecisions {
  readonly decisions: readonly Decision[];
  readonly withheld: readonly Withheld[];
}

const NOTHING: GroupDecisions = { decisions: [], withheld: [] };

function withhold(decisions: readonly Decision[], why: WithheldReason): readonly Withheld[] {
  return decisions.map((decision) => ({ decision, why }));
}

/**
 * Judges one group: every enabled control, then one decision for each mode that results, new rules apart from old ones. A rule that several
 * controls name is in one decision only, the strictest, with all its reasons. A finding that names no rule is a decision of its own. Pure:
 * the same snapshot, change and policy give the same decisions.
 */
export function decideGroup(
  sighting: GroupSnapshot,
  occasion: DecisionContext,
  policy: Policy,
  ceiling: Mode,
  evaluator: Evaluator = evaluatorOf(policy),
): GroupDecisions {
  return decisionsFromFindings(findingsOf(sighting, occasion, evaluator), sighting, occasion, { policy, ceiling });
}

/** The decisions on findings: see `deliberate`. */
export function decisionsFromFindings(
  found: ControlFindings,
  sighting: GroupSnapshot,
  occasion: DecisionContext,
  { policy, ceiling }: DecisionLimits,
): GroupDecisions {
  if (found.decided.length + found.unconfirmed.length + found.awaited.length === 0) return NOTHING;
  const weighed = (findings: readonly Finding[]) => withModes(findings, sighting, occasion, { policy, ceiling });
  const { approvedRules } = occasion;
  const isLetGo = (rule: Rule) => approvedRules?.has(ruleKey(rule)) === true;
  const released = found.unconfirmed.flatMap((finding) => restrictedTo(finding, isLetGo));
  const reasons = weighed([...found.decided, ...released]);
  const judged = (some: readonly FindingWithMode[]) =>
    Array.from(reasonsByRule(some), ([rule, theirs]) => judgeRule(rule, theirs, approvedRules));
  const [told, untold] = [true, false].map((isTold) =>
    judged(reasons).filter((one) => wasNotifiedBefore(one, occasion) === isTold),
  );
  const decisionsFor = (some: readonly JudgedRule[] = [], because = reasons) =>
    decisionsAbout(some, because, sighting, policy);
  const later = (findings: readonly Finding[]) => {
    const because = weighed(findings);
    return decisionsFor(judged(because), because);
  };
  const aboutGroup = reasons.filter(({ finding }) => finding.rules.length === 0);
  return {
    decisions: [
      ...decisionsFor(untold),
      ...aboutGroup.map((reason) =>
        decisionOf(sighting, modeWithoutRules(reason, approvedRules), [], [reason], policy),
      ),
    ],
    withheld: [
      ...withhold(
        later(found.unconfirmed.flatMap((one) => restrictedTo(one, (rule) => !isLetGo(rule)))),
        'unconfirmed-record',
      ),
      ...withhold(later(found.awaited), 'own-event'),
      ...withhold(decisionsFor(told), 'notified-before'),
    ],
  };
}

/** All findings of a group, each with its own mode, whether or not something may be done about it now. */
export function allFindingsWithModes(
  { decided, unconfirmed, awaited }: ControlFindings,
  sighting: GroupSnapshot,
  occasion: DecisionContext,
  standard: DecisionLimits,
): readonly FindingWithMode[] {
  return withModes([...decided, ...unconfirmed, ...awaited], sighting, occasion, standard);
}

/** What is to be done about a group now: see `deliberate`. Pure. */
export function decisionsFor(
  sighting: GroupSnapshot,
  occasion: DecisionContext,
  policy: Policy,
  ceiling: Mode,
  evaluator: Evaluator = evaluatorOf(policy),
): readonly Decision[] {
  return decideGroup(sighting, occasion, policy, ceiling, evaluator).decisions;
}
