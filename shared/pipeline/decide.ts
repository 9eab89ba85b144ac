import { CONTROLS } from '../controls/registry.ts';
import type { Change } from '../model/change.ts';
import { type AnyControl, type Facts, type Finding, NEEDS, type Need } from '../model/control.ts';
import type { Decision } from '../model/decision.ts';
import { higherMode, type Mode } from '../model/mode.ts';
import type { Policy } from '../model/policy.ts';
import type { Sighting } from '../model/ports.ts';
import type { Rule } from '../model/rule.ts';
import { type Weighed, weigh } from './effective-mode.ts';
import { freshRules } from './fresh.ts';

const enabled = (control: AnyControl, policy: Policy): boolean => {
  const options = policy.controls[control.id];
  return options !== undefined && (options.fresh !== 'off' || options.existing !== 'off');
};

const needsOf = (control: AnyControl): readonly Need[] => NEEDS.filter((need) => control.needs[need]);

/** Controls that the policy lets run. */
const enabledControls = (policy: Policy): readonly AnyControl[] =>
  CONTROLS.filter((control) => enabled(control, policy));

/** Facts that the enabled controls ask for; nothing else is read. */
export const neededFacts = (policy: Policy): ReadonlySet<Need> => new Set(enabledControls(policy).flatMap(needsOf));

/** True of the facts that this control may touch: it declares the others absent from its subject's type. */
const sufficient = (facts: Partial<Facts>, control: AnyControl): facts is Facts =>
  needsOf(control).every((need) => need in facts);

const findingsOf = (
  sighting: Sighting,
  change: Pick<Change, 'trigger' | 'brought'>,
  policy: Policy,
): readonly Finding[] => {
  const { group, facts } = sighting;
  const fresh = freshRules(group.rules, change.brought);
  return enabledControls(policy).flatMap((control) => {
    const options = policy.controls[control.id];
    if (options === undefined || !sufficient(facts, control)) return [];
    return control.evaluate({ group, facts, trigger: change.trigger, fresh }, options, policy.world);
  });
};

const strictest = (weighed: readonly Weighed[]): Mode => weighed.map(({ mode }) => mode).reduce(higherMode, 'off');

const decisionOf = (sighting: Sighting, mode: Mode, rules: readonly Rule[], weighed: readonly Weighed[]): Decision => {
  const reasons = weighed.filter(({ finding }) => finding.rules.some((rule) => rules.includes(rule)));
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

/**
 * Judges one group: every enabled control, then one decision for each mode that results. A rule that several controls name is in
 * one decision only, the strictest, with all its reasons. Pure: the same sight, change and policy give the same decisions.
 */
export const decide = (
  sighting: Sighting,
  change: Pick<Change, 'trigger' | 'brought'>,
  policy: Policy,
  ceiling: Mode,
): readonly Decision[] => {
  const weighed = findingsOf(sighting, change, policy)
    .map((finding) => weigh(finding, sighting.group, policy, ceiling))
    .filter(({ mode }) => mode !== 'off');
  const named = [...new Set(weighed.flatMap(({ finding }) => finding.rules))];
  const modeOf = (rule: Rule) => strictest(weighed.filter(({ finding }) => finding.rules.includes(rule)));
  return [...Map.groupBy(named, modeOf)].map(([mode, rules]) => decisionOf(sighting, mode, rules, weighed));
};
