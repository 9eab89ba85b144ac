import { CONTROLS } from '../../controls/registry.ts';
import type { Trigger } from '../../domain/change.ts';
import type { AnyControl } from '../../domain/controls/control.ts';
import type { RuleExposure } from '../../domain/controls/exposure.ts';
import { NEEDS, type Need } from '../../domain/controls/facts.ts';
import type { Freshness } from '../../domain/controls/finding.ts';
import type { ControlOptions } from '../../domain/controls/options.ts';
import type { Policy } from '../../domain/controls/policy.ts';
import type { Rule } from '../../domain/rule.ts';
import { LoneOpenings } from '../../network/exposure/lone-openings.ts';
import { exposureOf } from '../../network/exposure/rule-exposure.ts';
import type { Work } from '../../network/exposure/work.ts';
import { withControls } from '../../policy/with-controls.ts';
import { worldOf } from '../../policy/world.ts';
import { isLoud } from './loud.ts';

const NEEDS_OF: ReadonlyMap<AnyControl, readonly Need[]> = new Map(
  CONTROLS.map((control) => [control, NEEDS.filter((need) => control.needs[need])]),
);

/** Facts that a control judges by. */
export const needsOf = (control: AnyControl): readonly Need[] => NEEDS_OF.get(control) ?? [];

const FRESHNESS = ['fresh', 'existing'] as const satisfies readonly Freshness[];

/** Facts that cost calls of their own, some of them after the first look. */
const COSTLY: ReadonlySet<Need> = new Set(['peers', 'referencedBy', 'vpcCidrs', 'twins', 'neighbours']);

/** What is observed at most is not worth such a call. */
const isWorthACall = (control: AnyControl, options: ControlOptions): boolean =>
  !needsOf(control).some((need) => COSTLY.has(need)) || FRESHNESS.some((freshness) => isLoud(options[freshness]));

const enabled = (control: AnyControl, policy: Policy, trigger: Trigger): boolean => {
  const options = policy.controls[control.id];
  if (options === undefined || FRESHNESS.every((freshness) => options[freshness] === 'off')) return false;
  return (control.runs?.(options) ?? true) && (trigger === 'sweep' || isWorthACall(control, options));
};

/** Controls that the policy lets run and that such a change concerns. */
export const enabledControls = (policy: Policy, trigger: Trigger): readonly AnyControl[] =>
  CONTROLS.filter((control) => control.on.includes(trigger) && enabled(control, policy, trigger));

/** A control as the policy sets it. */
export interface EnabledControl {
  readonly control: AnyControl;
  readonly options: ControlOptions;
  /** Facts that it judges by. */
  readonly needs: readonly Need[];
}

/** A policy with its enabled controls, chosen once for all groups that are evaluated under it. The caller owns it. */
export interface Evaluator {
  readonly policy: Policy;
  readonly controls: (trigger: Trigger) => readonly EnabledControl[];
  /** The exposure of rules, of which `fresh` are new. The same object as for the last call if both arguments are the same. */
  readonly exposureOf: (rules: readonly Rule[], fresh: ReadonlySet<Rule>) => RuleExposure;
}

/** An evaluator of a policy. */
export function evaluatorOf(policy: Policy, work: Work = { steps: 0 }): Evaluator {
  const byTrigger = new Map<Trigger, readonly EnabledControl[]>();
  const choose = (trigger: Trigger) =>
    enabledControls(policy, trigger).flatMap((control): readonly EnabledControl[] => {
      const options = policy.controls[control.id];
      return options === undefined ? [] : [{ control, options, needs: needsOf(control) }];
    });
  const world = worldOf(policy);
  const shared = { work, lone: new LoneOpenings() };
  let last: { readonly exposure: RuleExposure; readonly fresh: ReadonlySet<Rule> } | undefined;
  return {
    policy,
    exposureOf: (rules, fresh) => {
      if (last?.exposure.rules !== rules || last.fresh !== fresh)
        last = { exposure: exposureOf(rules, fresh, world, shared), fresh };
      return last.exposure;
    },
    controls: (trigger) => {
      const controls = byTrigger.get(trigger) ?? choose(trigger);
      byTrigger.set(trigger, controls);
      return controls;
    },
  };
}

const factsOf = (controls: readonly AnyControl[]): ReadonlySet<Need> =>
  new Set(controls.flatMap((control) => [...needsOf(control), ...(control.graded ? (['reachability'] as const) : [])]));

/** Facts that the enabled controls ask for; nothing else is read. */
export const neededFacts = (policy: Policy, trigger: Trigger): ReadonlySet<Need> =>
  factsOf(enabledControls(policy, trigger));

/**
 * The same for whoever does and tells only what is more than observed: one that looks on behalf of a sweep reads nothing that only a
 * report is made of.
 */
export const factsToActBy = (policy: Policy, trigger: Trigger): ReadonlySet<Need> =>
  factsOf(
    enabledControls(policy, trigger).filter((control) => {
      const options = policy.controls[control.id];
      return options !== undefined && isWorthACall(control, options);
    }),
  );

/**
 * The policy without the controls that judge by a fact which is not to be had: they do not run, where else every look that concerns
 * them would end unfinished.
 */
export const withoutFact = (policy: Policy, need: Need): Policy => {
  const blind = new Set(CONTROLS.filter((control) => needsOf(control).includes(need)).map(({ id }) => id));
  return withControls(policy, (id) => !blind.has(id));
};
