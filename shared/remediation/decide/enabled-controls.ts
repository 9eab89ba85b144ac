import { CONTROLS } from '../../controls/registry.ts';
import { worldOpenTogether } from '../../controls/world-open-together.ts';
import type { Trigger } from '../../domain/change.ts';
import { type AnyControl, NEEDS, type Need } from '../../domain/control.ts';
import { type ControlOptions, higherMode, type Mode, type PortOptions } from '../../domain/control-options.ts';
import type { Freshness, RuleExposure } from '../../domain/finding.ts';
import type { Group, Rule } from '../../domain/group.ts';
import type { Policy } from '../../domain/policy.ts';
import { LoneOpenings } from '../../network/exposure/lone-openings.ts';
import type { Work } from '../../network/exposure/range-trees.ts';
import { exposureOf } from '../../network/exposure/rule-exposure.ts';
import { isSubstantial } from '../../network/exposure/together.ts';
import { withControls, worldOf } from '../../policy/queries.ts';

/** Whether a mode goes further than to observe: people are told or asked, or rules are closed. */
export function notifies(mode: Mode): boolean {
  return higherMode(mode, 'observe') !== 'observe';
}

const NEEDS_OF: ReadonlyMap<AnyControl, readonly Need[]> = new Map(
  CONTROLS.map((control) => [control, NEEDS.filter((need) => control.needs[need])]),
);

/** Facts that a control judges by. */
export function needsOf(control: AnyControl): readonly Need[] {
  return NEEDS_OF.get(control) ?? [];
}

const FRESHNESS = ['fresh', 'existing'] as const satisfies readonly Freshness[];

/** Facts that cost calls of their own, some of them after the first look. */
const COSTLY: ReadonlySet<Need> = new Set(['peers', 'referencedBy', 'vpcCidrs', 'twins', 'neighbours']);

/** What is observed at most is not worth such a call. */
function isWorthACall(control: AnyControl, options: ControlOptions): boolean {
  return (
    !needsOf(control).some((need) => COSTLY.has(need)) || FRESHNESS.some((freshness) => notifies(options[freshness]))
  );
}

function isEnabled(control: AnyControl, policy: Policy, trigger: Trigger): boolean {
  const options = policy.controls[control.id];
  if (options === undefined || FRESHNESS.every((freshness) => options[freshness] === 'off')) return false;
  return (control.runs?.(options) ?? true) && (trigger === 'sweep' || isWorthACall(control, options));
}

/** Controls that the policy lets run and that such a change concerns. */
export function enabledControls(policy: Policy, trigger: Trigger): readonly AnyControl[] {
  return CONTROLS.filter((control) => control.on.includes(trigger) && isEnabled(control, policy, trigger));
}

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

function factsOf(controls: readonly AnyControl[]): ReadonlySet<Need> {
  return new Set(
    controls.flatMap((control) => [...needsOf(control), ...(control.graded ? (['reachability'] as const) : [])]),
  );
}

/** Facts that the enabled controls ask for; nothing else is read. */
export function neededFacts(policy: Policy, trigger: Trigger): ReadonlySet<Need> {
  return factsOf(enabledControls(policy, trigger));
}

/**
 * The same for whoever does and tells only what is more than observed: one that looks on behalf of a sweep reads nothing that only a
 * report is made of.
 */
export function factsNeededToAct(policy: Policy, trigger: Trigger): ReadonlySet<Need> {
  return factsOf(
    enabledControls(policy, trigger).filter((control) => {
      const options = policy.controls[control.id];
      return options !== undefined && isWorthACall(control, options);
    }),
  );
}

/**
 * The policy without the controls that judge by a fact which is not to be had: they do not run, where else every look that concerns
 * them would end unfinished.
 */
export function withoutFact(policy: Policy, need: Need): Policy {
  const blind = new Set(CONTROLS.filter((control) => needsOf(control).includes(need)).map(({ id }) => id));
  return withControls(policy, (id) => !blind.has(id));
}

const NO_RULES: ReadonlySet<Rule> = new Set();

function isPortOptions(options: ControlOptions | undefined): options is PortOptions {
  return options !== undefined && 'ports' in options;
}

function isUnresolved({ rules }: Pick<Group, 'rules'>): boolean {
  return rules.some(({ source }) => source.kind === 'prefix-list' && source.cidrs === undefined);
}

/**
 * Tells, without any call, whether a group can have a finding of world-open-together. Only then are its interfaces and the groups
 * beside it worth reading. Of groups that are the world together, at least one can.
 */
export function mayOpenTogether(
  policy: Policy,
  { exposureOf }: Evaluator = evaluatorOf(policy),
): (group: Pick<Group, 'rules'>, fresh?: ReadonlySet<Rule>) => boolean {
  const options = policy.controls[worldOpenTogether.id];
  if (!isPortOptions(options)) return () => false;
  return (group, fresh = NO_RULES) =>
    isUnresolved(group) || isSubstantial(exposureOf(group.rules, fresh), options.ports);
}
