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

/** Whether people are notified in this mode: it is higher than `observe`. */
export function notifies(mode: Mode): boolean {
  return higherMode(mode, 'observe') !== 'observe';
}

const NEEDS_OF: ReadonlyMap<AnyControl, readonly Need[]> = new Map(
  CONTROLS.map((control) => [control, NEEDS.filter((need) => control.needs[need])]),
);

/** Facts that a control needs. */
export function needsOf(control: AnyControl): readonly Need[] {
  return NEEDS_OF.get(control) ?? [];
}

const FRESHNESS = ['fresh', 'existing'] as const satisfies readonly Freshness[];

/** Facts that need further calls, some of them after the first snapshot. */
const COSTLY: ReadonlySet<Need> = new Set(['peers', 'referencedBy', 'vpcCidrs', 'twins', 'neighbours']);

/** A control that only observes is not worth a further call. */
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

/** Controls that the policy enables and that run after such a change. */
export function enabledControls(policy: Policy, trigger: Trigger): readonly AnyControl[] {
  return CONTROLS.filter((control) => control.on.includes(trigger) && isEnabled(control, policy, trigger));
}

/** A control with its options from the policy. */
export interface EnabledControl {
  readonly control: AnyControl;
  readonly options: ControlOptions;
  /** Facts that the control needs. */
  readonly needs: readonly Need[];
}

/** A policy with its enabled controls, computed once for all groups. The caller owns it. */
export interface Evaluator {
  readonly policy: Policy;
  readonly controls: (trigger: Trigger) => readonly EnabledControl[];
  /**
   * The exposure of rules, of which `fresh` are fresh. Returns the last result again for the same arguments.
   */
  readonly exposureOf: (rules: readonly Rule[], fresh: ReadonlySet<Rule>) => RuleExposure;
}

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

/** Facts that the enabled controls need. Nothing else is read. */
export function neededFacts(policy: Policy, trigger: Trigger): ReadonlySet<Need> {
  return factsOf(enabledControls(policy, trigger));
}

/** Facts that are needed to remove rules and to notify people. Facts for reports only are left out. */
export function factsNeededToAct(policy: Policy, trigger: Trigger): ReadonlySet<Need> {
  return factsOf(
    enabledControls(policy, trigger).filter((control) => {
      const options = policy.controls[control.id];
      return options !== undefined && isWorthACall(control, options);
    }),
  );
}

/**
 * The policy without the controls that need a fact which cannot be read. Otherwise every evaluation with them
 * would be left unfinished.
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
 * Whether a group can have a finding of world-open-together. Only then its interfaces and neighbours are
 * worth a call. At least one of the groups that are world-open together can.
 */
export function mayOpenTogether(
  policy: Policy,
  evaluator: Evaluator = evaluatorOf(policy),
): (group: Pick<Group, 'rules'>, fresh?: ReadonlySet<Rule>) => boolean {
  const options = policy.controls[worldOpenTogether.id];
  if (!isPortOptions(options)) return () => false;
  return (group, fresh = NO_RULES) =>
    isUnresolved(group) || isSubstantial(evaluator.exposureOf(group.rules, fresh), options.ports);
}
