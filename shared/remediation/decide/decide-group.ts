import { higherMode, type Mode, type RemedyId } from '../../domain/control-options.ts';
import type { AttachmentSummary, Decision, Withheld } from '../../domain/decision.ts';
import type { GroupSnapshot } from '../../domain/ec2.ts';
import type { Finding } from '../../domain/finding.ts';
import type { Attachment, Rule } from '../../domain/group.ts';
import type { NotifiedRule } from '../../domain/group-record.ts';
import type { Policy } from '../../domain/policy.ts';
import type { WithheldReason } from '../../domain/reasons.ts';
import { canonicalKey, ruleKey } from '../../network/rule-key.ts';
import { type FindingWithMode, withEffectiveMode } from './effective-mode.ts';
import { type Evaluator, evaluatorOf } from './enabled-controls.ts';
import { type ControlFindings, findingsOf, restrictedTo } from './findings.ts';
import type { DecisionContext } from './freshness.ts';

/** Number of ids in a summary. */
const MOST_IDS = 3;

function kindsOf(attachments: readonly Attachment[]): AttachmentSummary['kinds'] {
  return [...Map.groupBy(attachments, ({ owner = 'other' }) => owner)]
    .map(([kind, some]) => ({ kind, count: some.length }))
    .toSorted((a, b) => b.count - a.count);
}

/** What a group is attached to, short enough for people and for every record. */
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
 * The remedy that the controls of all findings agree on, otherwise `revoke`. A group whose members have to be
 * moved first is always migrated.
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

/** Findings with their effective modes, without those at `off`. */
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

/** The findings of all enabled controls that can be decided now, with their effective modes. Pure. */
export function findingsWithModes(
  groupSnapshot: GroupSnapshot,
  context: DecisionContext,
  evaluator: Evaluator,
  ceiling: Mode,
): readonly FindingWithMode[] {
  return withModes(findingsOf(groupSnapshot, context, evaluator).decided, groupSnapshot, context, {
    policy: evaluator.policy,
    ceiling,
  });
}

function strictest(withMode: readonly FindingWithMode[]): Mode {
  return withMode.map(({ mode }) => mode).reduce(higherMode, 'off');
}

/** The findings with the decision's mode. If a person has raised the mode, all findings. */
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

function reasonsFor(rules: readonly Rule[], withMode: readonly FindingWithMode[]): readonly FindingWithMode[] {
  const theirs = new Set(rules);
  return withMode.filter(({ finding }) => finding.rules.some((rule) => theirs.has(rule)));
}

/** The findings for each rule, in the order in which the findings first name the rules. */
function reasonsByRule(withMode: readonly FindingWithMode[]): ReadonlyMap<Rule, readonly FindingWithMode[]> {
  const reasons = new Map<Rule, FindingWithMode[]>();
  for (const one of withMode) {
    for (const rule of new Set(one.finding.rules)) {
      const known = reasons.get(rule);
      if (known === undefined) reasons.set(rule, [one]);
      else known.push(one);
    }
  }
  return reasons;
}

/** A rule with its mode, whether it is fresh for any finding, and whether a person approved its removal. */
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
  const isApprovedRule = !isFirm && approvedRules?.has(ruleKey(rule)) === true;
  return {
    rule,
    mode: isApprovedRule && mode === 'approve' ? 'enforce' : mode,
    isFresh: reasons.some(({ finding }) => finding.freshness === 'fresh'),
    isApproved: isApprovedRule,
  };
}

/** A finding without rules may give rules back, which a person can approve. */
function modeWithoutRules(
  { mode, finding: { removedRules } }: FindingWithMode,
  approvedRules: DecisionContext['approvedRules'],
): Mode {
  return mode === 'approve' && removedRules?.every((content) => approvedRules?.has(ruleKey(content))) === true
    ? 'enforce'
    : mode;
}

/**
 * Rules with the same key share a decision. Fresh, existing and approved rules never share one, because
 * people get different notifications, and only existing rules use the budget.
 */
function decisionKey({ mode, isFresh, isApproved }: JudgedRule): string {
  return `${mode} ${isFresh ? 'fresh' : mode === 'enforce' && isApproved ? 'approved' : 'existing'}`;
}

/** One decision for each key. */
function decisionsAbout(
  judged: readonly JudgedRule[],
  withMode: readonly FindingWithMode[],
  groupSnapshot: GroupSnapshot,
  policy: Policy,
): readonly Decision[] {
  return [...Map.groupBy(judged, decisionKey).values()].map((shared) => {
    const rules = shared.map(({ rule }) => rule);
    return decisionOf(groupSnapshot, shared[0]?.mode ?? 'off', rules, reasonsFor(rules, withMode), policy);
  });
}

/**
 * Whether people were notified of the rule, or asked about it, before. A rule with a new id was added again,
 * and an event may have opened a rule again; both lead to a new notification.
 */
function wasNotifiedBefore({ rule, mode, isFresh }: JudgedRule, { recordedState, trigger }: DecisionContext): boolean {
  if (recordedState?.kind !== 'confirmed' || (mode !== 'alert' && mode !== 'approve')) return false;
  if (isFresh && trigger !== 'sweep' && trigger !== 'rules-added') return false;
  const content = canonicalKey(rule);
  const isSame = (one: NotifiedRule) => one.content === content && (!isFresh || one.ruleId === rule.id);
  return recordedState.notified.some((one) => isSame(one) && higherMode(one.mode, mode) === one.mode);
}

/** The decisions to carry out, and the decisions to withhold. */
export interface GroupDecisions {
  readonly decisions: readonly Decision[];
  readonly withheld: readonly Withheld[];
}

const NOTHING: GroupDecisions = { decisions: [], withheld: [] };

function withhold(decisions: readonly Decision[], why: WithheldReason): readonly Withheld[] {
  return decisions.map((decision) => ({ decision, why }));
}

/**
 * Decides on one group: evaluates all enabled controls, and makes one decision for each effective mode,
 * separately for fresh and existing rules. A rule that several controls name is in the decision with the
 * highest mode only, with all its findings. A finding without rules is a decision of its own. Pure.
 */
export function decideGroup(
  groupSnapshot: GroupSnapshot,
  context: DecisionContext,
  policy: Policy,
  ceiling: Mode,
  evaluator: Evaluator = evaluatorOf(policy),
): GroupDecisions {
  return decisionsFromFindings(findingsOf(groupSnapshot, context, evaluator), groupSnapshot, context, {
    policy,
    ceiling,
  });
}

/** The decisions on given findings: see `decideGroup`. */
export function decisionsFromFindings(
  found: ControlFindings,
  groupSnapshot: GroupSnapshot,
  context: DecisionContext,
  { policy, ceiling }: DecisionLimits,
): GroupDecisions {
  if (found.decided.length + found.unconfirmed.length + found.awaited.length === 0) return NOTHING;
  const withMode = (findings: readonly Finding[]) => withModes(findings, groupSnapshot, context, { policy, ceiling });
  const { approvedRules } = context;
  const isApprovedRule = (rule: Rule) => approvedRules?.has(ruleKey(rule)) === true;
  const released = found.unconfirmed.flatMap((finding) => restrictedTo(finding, isApprovedRule));
  const reasons = withMode([...found.decided, ...released]);
  const judged = (some: readonly FindingWithMode[]) =>
    Array.from(reasonsByRule(some), ([rule, theirs]) => judgeRule(rule, theirs, approvedRules));
  const [notified, unnotified] = [true, false].map((isTold) =>
    judged(reasons).filter((one) => wasNotifiedBefore(one, context) === isTold),
  );
  const decisionsOn = (some: readonly JudgedRule[] = [], because = reasons) =>
    decisionsAbout(some, because, groupSnapshot, policy);
  const later = (findings: readonly Finding[]) => {
    const because = withMode(findings);
    return decisionsOn(judged(because), because);
  };
  const aboutGroup = reasons.filter(({ finding }) => finding.rules.length === 0);
  return {
    decisions: [
      ...decisionsOn(unnotified),
      ...aboutGroup.map((reason) =>
        decisionOf(groupSnapshot, modeWithoutRules(reason, approvedRules), [], [reason], policy),
      ),
    ],
    withheld: [
      ...withhold(
        later(found.unconfirmed.flatMap((one) => restrictedTo(one, (rule) => !isApprovedRule(rule)))),
        'unconfirmed-record',
      ),
      ...withhold(later(found.awaited), 'own-event'),
      ...withhold(decisionsOn(notified), 'notified-before'),
    ],
  };
}

/** All findings of a group with their effective modes, also those that cannot be decided now. */
export function allFindingsWithModes(
  { decided, unconfirmed, awaited }: ControlFindings,
  groupSnapshot: GroupSnapshot,
  context: DecisionContext,
  standard: DecisionLimits,
): readonly FindingWithMode[] {
  return withModes([...decided, ...unconfirmed, ...awaited], groupSnapshot, context, standard);
}

/** The decisions to carry out for a group: see `decideGroup`. Pure. */
export function decisionsFor(
  groupSnapshot: GroupSnapshot,
  context: DecisionContext,
  policy: Policy,
  ceiling: Mode,
  evaluator: Evaluator = evaluatorOf(policy),
): readonly Decision[] {
  return decideGroup(groupSnapshot, context, policy, ceiling, evaluator).decisions;
}
