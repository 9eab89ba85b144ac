import { CONTROLS } from '../controls/registry.ts';
import type { Change, Trigger } from '../model/change.ts';
import { type AnyControl } from '../model/control.ts';
import type { Decision } from '../model/decision.ts';
import { type Facts, NEEDS, type Need } from '../model/facts.ts';
import { type Finding, type Freshness } from '../model/finding.ts';
import { higherMode, type Mode } from '../model/mode.ts';
import { type ControlOptions } from '../model/options.ts';
import type { Policy } from '../model/policy.ts';
import type { Sighting } from '../model/ports.ts';
import type { Rule } from '../model/rule.ts';
import { type Weighed, weigh } from './effective-mode.ts';
import { freshRules } from './fresh.ts';
import { graded } from './grade.ts';
import { heldByList } from './list-limit.ts';

const NEEDS_OF: ReadonlyMap<AnyControl, readonly Need[]> = new Map(
  CONTROLS.map((control) => [control, NEEDS.filter((need) => control.needs[need])]),
);

const needsOf = (control: AnyControl): readonly Need[] => NEEDS_OF.get(control) ?? [];

const FRESHNESS = ['fresh', 'existing'] as const satisfies readonly Freshness[];

/** Facts that cost calls of their own, some of them after the first look. */
const COSTLY: ReadonlySet<Need> = new Set(['peers', 'referencedBy', 'vpcCidrs', 'twins']);

/** What is observed at most is not worth such a call at every event: it waits for the sweep. */
const isWorthwhile = (control: AnyControl, options: ControlOptions, trigger: Trigger): boolean =>
  trigger === 'sweep' ||
  !needsOf(control).some((need) => COSTLY.has(need)) ||
  FRESHNESS.some((freshness) => higherMode(options[freshness], 'observe') !== 'observe');

const enabled = (control: AnyControl, policy: Policy, trigger: Trigger): boolean => {
  const options = policy.controls[control.id];
  if (options === undefined || FRESHNESS.every((freshness) => options[freshness] === 'off')) return false;
  return (control.runs?.(options) ?? true) && isWorthwhile(control, options, trigger);
};

/** What groups are judged on the occasion of: the change, and rules that an earlier try was to remove. */
export type Occasion = Pick<Change, 'trigger' | 'brought'> & { readonly unfinished?: readonly Rule[] };

/** Controls by policy and trigger: the same for every group of a sweep. */
const chosen = new WeakMap<Policy, Map<Trigger, readonly AnyControl[]>>();

/** Controls that the policy lets run and that such a change concerns. */
export const enabledControls = (policy: Policy, trigger: Trigger): readonly AnyControl[] => {
  const byTrigger = chosen.get(policy) ?? new Map<Trigger, readonly AnyControl[]>();
  chosen.set(policy, byTrigger);
  const known = byTrigger.get(trigger);
  if (known !== undefined) return known;
  const controls = CONTROLS.filter((control) => control.on.includes(trigger) && enabled(control, policy, trigger));
  byTrigger.set(trigger, controls);
  return controls;
};

/** Facts that the enabled controls ask for; nothing else is read. */
export const neededFacts = (policy: Policy, trigger: Trigger): ReadonlySet<Need> =>
  new Set(
    enabledControls(policy, trigger).flatMap((control) => [
      ...needsOf(control),
      ...(control.graded ? (['reachability'] as const) : []),
    ]),
  );

/** True of the facts that this control may touch: it declares the others absent from its subject's type. */
const sufficient = (facts: Partial<Facts>, control: AnyControl): facts is Facts =>
  needsOf(control).every((need) => need in facts);

const findingsOf = (sighting: Sighting, change: Occasion, policy: Policy): readonly Finding[] => {
  const { group, facts } = sighting;
  const fresh = new Set([...freshRules(group.rules, change.brought), ...(change.unfinished ?? [])]);
  return enabledControls(policy, change.trigger).flatMap((control) => {
    const options = policy.controls[control.id];
    if (options === undefined || !sufficient(facts, control)) return [];
    const findings = control.evaluate({ group, facts, trigger: change.trigger, fresh }, options, policy.world);
    return findings.map((finding) => heldByList(control.graded ? graded(finding, facts) : finding, change.brought));
  });
};

/** What every enabled control finds in a group, each finding with its own mode; those that are off are left out. Pure. */
export const weighedFindings = (
  sighting: Sighting,
  change: Occasion,
  policy: Policy,
  ceiling: Mode,
): readonly Weighed[] =>
  findingsOf(sighting, change, policy)
    .map((finding) => weigh(finding, sighting.group, policy, ceiling))
    .filter(({ mode }) => mode !== 'off');

const strictest = (weighed: readonly Weighed[]): Mode => weighed.map(({ mode }) => mode).reduce(higherMode, 'off');

const decisionOf = (sighting: Sighting, mode: Mode, rules: readonly Rule[], reasons: readonly Weighed[]): Decision => {
  const limits = reasons.flatMap((reason) => reason.limits).filter((limit) => higherMode(limit.mode, mode) === mode);
  const { rules: all, ...group } = sighting.group;
  return {
    group,
    rules,
    others: all.length - rules.length,
    because: reasons.map(({ finding }) => finding),
    mode,
    remedy: 'revoke',
    limits: [...new Map(limits.map((limit) => [limit.reason, limit])).values()],
  };
};

const reasonsFor = (rules: readonly Rule[], weighed: readonly Weighed[]): readonly Weighed[] =>
  weighed.filter(({ finding }) => finding.rules.some((rule) => rules.includes(rule)));

/**
 * Judges one group: every enabled control, then one decision for each mode that results. A rule that several controls name is in
 * one decision only, the strictest, with all its reasons. A finding that names no rule is a decision of its own. Pure: the same sight, change and policy give the same decisions.
 */
export const decide = (sighting: Sighting, change: Occasion, policy: Policy, ceiling: Mode): readonly Decision[] => {
  const weighed = weighedFindings(sighting, change, policy, ceiling);
  const named = [...new Set(weighed.flatMap(({ finding }) => finding.rules))];
  const modeOf = (rule: Rule) => strictest(weighed.filter(({ finding }) => finding.rules.includes(rule)));
  const aboutRules = [...Map.groupBy(named, modeOf)].map(([mode, rules]) =>
    decisionOf(sighting, mode, rules, reasonsFor(rules, weighed)),
  );
  const aboutGroup = weighed.filter(({ finding }) => finding.rules.length === 0);
  return [...aboutRules, ...aboutGroup.map((reason) => decisionOf(sighting, reason.mode, [], [reason]))];
};
