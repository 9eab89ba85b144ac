import { CONTROLS } from '../../../shared/controls/registry.ts';
import type { Change } from '../../../shared/domain/change.ts';
import type { Mode } from '../../../shared/domain/control-options.ts';
import type { Decision } from '../../../shared/domain/decision.ts';
import type { GroupSnapshot, Snapshot } from '../../../shared/domain/ec2.ts';
import type { Exemption } from '../../../shared/domain/exemption.ts';
import type { Finding } from '../../../shared/domain/finding.ts';
import type { Rule } from '../../../shared/domain/group.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import { publicUnion } from '../../../shared/network/exposure/measure.ts';
import { formatMinute, formatShare, formatTraffic } from '../../../shared/network/format.ts';
import { cidrsOf, type World } from '../../../shared/network/public-space.ts';
import { exemptionsAt, withoutExemptRules } from '../../../shared/policy/exemptions.ts';
import { worldOf } from '../../../shared/policy/queries.ts';
import { withEffectiveMode } from '../../../shared/remediation/decide/effective-mode.ts';
import { evaluatorOf } from '../../../shared/remediation/decide/enabled-controls.ts';
import { findingsOf } from '../../../shared/remediation/decide/findings.ts';
import { addedRules } from '../../../shared/remediation/decide/freshness.ts';
import { explanationOf, type RuleFate } from '../../../shared/reports/report.ts';
import type { RuleResult, Simulation } from '../../../shared/reports/simulation.ts';

/** What a verdict depends on, besides the group. */
interface JudgingContext {
  readonly change: Change;
  readonly policy: Policy;
  /** Exemptions in force at the time of the change. */
  readonly exemptions: readonly Exemption[];
}

/** The policy with every control on. It shows which findings the policy turns off. */
function withEveryControl(policy: Policy): Policy {
  const all = CONTROLS.map(({ id, defaults }) => {
    const options = policy.controls[id] ?? defaults;
    return [id, { ...options, fresh: 'observe', existing: 'observe' }] as const;
  });
  return { ...policy, controls: Object.fromEntries(all) };
}

function exemptionOf(rule: Rule, { group }: GroupSnapshot, control: string, exemptions: readonly Exemption[]) {
  return exemptions.find((one) => withoutExemptRules(group, control, [one])?.rules.includes(rule) !== true);
}

/**
 * Why a finding about a rule led to no decision. Undefined if the control is off as shipped, because nobody
 * expects a decision then.
 */
function whyNotDecided(rule: Rule, finding: Finding, snapshot: GroupSnapshot, now: JudgingContext): string | undefined {
  const { control: id, freshness } = finding;
  const { change, policy, exemptions } = now;
  const control = CONTROLS.find((one) => one.id === id);
  const mode = policy.controls[id]?.[freshness] ?? 'off';
  if (mode === 'off') {
    if (control?.defaults[freshness] === 'off') return undefined;
    return `${id} would object, but the policy turns it off for ${freshness === 'fresh' ? 'new' : 'existing'} rules`;
  }
  const exemption = exemptionOf(rule, snapshot, id, exemptions);
  if (exemption !== undefined)
    return `exempt from ${id} until ${formatMinute(exemption.until)}, owner ${exemption.owner}: ${exemption.reason}`;
  const limited = withEffectiveMode(finding, snapshot.group, { policy, ceiling: 'enforce', now: change.at });
  if (limited.mode === 'off')
    return `${id} would object, but is held at off: ${limited.limits.find((limit) => limit.mode === 'off')?.reason ?? ''}`;
  if (control?.on.includes(change.trigger) === false)
    return `${id} objects, but does not run on ${change.call}: the next sweep judges the rule (mode ${limited.mode})`;
  return `${id} objects, but nothing follows from this event (mode ${limited.mode})`;
}

/** The findings of every control, regardless of the event and of exemptions. */
function everyFinding(snapshot: GroupSnapshot, { change, policy }: JudgingContext): readonly Finding[] {
  const { added, actor, at } = change;
  const occurrence = { trigger: 'sweep', added, ...(actor && { actor }), now: at } as const;
  return findingsOf(snapshot, occurrence, evaluatorOf(withEveryControl(policy))).decided;
}

function addressReason(rule: Rule, world: World): string | undefined {
  const { isPublic, isTrusted, isWorld, share } = publicUnion(cidrsOf(rule.source), world);
  if (!isPublic && isTrusted) return 'the policy trusts its source';
  if (!isPublic) return 'its source is no address of the internet';
  return isWorld ? undefined : `its source is ${formatShare(share)} of the internet: too little to be the world`;
}

/** Why a rule alone is harmless; undefined if it is open to the world. */
export function whyHarmless(rule: Rule, world: World): string | undefined {
  const { source, direction } = rule;
  if (source.kind === 'group')
    return `its ${direction === 'ingress' ? 'source' : 'target'} is a group, not the internet`;
  if (direction === 'egress') return 'outbound: no control of the policy objects';
  if (source.kind === 'prefix-list' && source.cidrs === undefined)
    return 'the entries of its prefix list are unknown: nothing is concluded';
  return addressReason(rule, world);
}

/**
 * Why nothing is done about a rule, one line for each reason.
 *
 * @param findings the result of `everyFinding` for the same group.
 */
function whyKept(
  rule: Rule,
  snapshot: GroupSnapshot,
  findings: readonly Finding[],
  now: JudgingContext,
): readonly string[] {
  const reasons = findings
    .filter(({ rules }) => rules.includes(rule))
    .flatMap((finding) => whyNotDecided(rule, finding, snapshot, now) ?? []);
  if (reasons.length > 0) return [...new Set(reasons)];
  const open = `open to the world: the policy has no objection to ${formatTraffic(rule)}`;
  return [whyHarmless(rule, worldOf(now.policy)) ?? open];
}

const FATE_OF_MODE = {
  off: 'kept',
  observe: 'reported',
  alert: 'told',
  approve: 'asked',
  enforce: 'closed',
} as const satisfies Record<Mode, RuleFate>;

function decisionReasons(rule: Rule, { findings, limits, mode }: Decision): readonly string[] {
  return [
    ...findings
      .filter(({ rules }) => rules.includes(rule))
      .map((finding) => `${finding.control} (${finding.severity}): ${explanationOf(finding)}`),
    ...limits.map(({ reason }) => `held at ${mode}: ${reason}`),
  ];
}

/**
 * What becomes of each rule of the groups. Rules that the event added come first.
 *
 * @param recorded exemptions of the ledger.
 */
export function ruleResults(
  { groups }: Snapshot,
  decisions: readonly Decision[],
  change: Change,
  policy: Policy,
  recorded: readonly Exemption[],
): Simulation['groups'] {
  return groups.map((snapshot) => {
    const { group } = snapshot;
    const now = { change, policy, exemptions: exemptionsAt(change.at, policy, recorded) };
    const findings = everyFinding(snapshot, now);
    const fresh = addedRules(group.rules, change.added);
    const verdictOn = (rule: Rule): RuleResult => {
      const decision = decisions.find(({ rules }) => rules.includes(rule));
      return {
        rule,
        freshness: fresh.has(rule) ? 'fresh' : 'existing',
        verdict: decision === undefined ? 'kept' : FATE_OF_MODE[decision.mode],
        because: decision === undefined ? whyKept(rule, snapshot, findings, now) : decisionReasons(rule, decision),
      };
    };
    const order = [...group.rules.filter((rule) => fresh.has(rule)), ...group.rules.filter((rule) => !fresh.has(rule))];
    return { group, rules: order.map(verdictOn) };
  });
}
