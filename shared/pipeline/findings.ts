import type { AnyControl } from '../model/control.ts';
import type { Facts } from '../model/facts.ts';
import type { Finding } from '../model/finding.ts';
import type { Group } from '../model/group.ts';
import type { ControlOptions } from '../model/options.ts';
import type { Policy } from '../model/policy.ts';
import type { Sighting } from '../model/ports.ts';
import type { Rule } from '../model/rule.ts';
import { withoutExempt } from '../policy/exempt.ts';
import { countedFindings, seenBy } from './canary-view.ts';
import { enabledControls, needsOf } from './enabled.ts';
import { type Ages, agesOf } from './freshness.ts';
import { graded } from './grade.ts';
import { heldByList } from './list-limit.ts';
import type { Occasion } from './occasion.ts';

/** What was found in a group, told apart by what may be done about it now. */
export interface Findings {
  readonly decided: readonly Finding[];
  /** About rules of which nobody knows whether they are new. */
  readonly unconfirmed: readonly Finding[];
  /** About new rules that their own events act on. */
  readonly awaited: readonly Finding[];
}

/** True of the facts that this control may touch: it declares the others absent from its subject's type. */
const sufficient = (facts: Partial<Facts>, control: AnyControl): facts is Facts =>
  needsOf(control).every((need) => need in facts);

/** The finding about some of its rules. */
export const about = (finding: Finding, isAbout: (rule: Rule) => boolean): readonly Finding[] => {
  const rules = finding.rules.filter(isAbout);
  return rules.length === 0 ? [] : [{ ...finding, rules }];
};

type Evaluate = (rules: readonly Rule[], fresh: ReadonlySet<Rule>) => readonly Finding[];

/**
 * What a control finds, apart from new rules that their own events act on.
 *
 * Those rules count in every union as new ones, and which of all new rules would have to go does not depend on the event at hand: two
 * events that see the same rules agree on it, so that two halves of the address space lose one of them and not both. Once it is known which
 * awaited rules would go, the others are judged as if those were gone.
 */
const withoutAwaited = (
  evaluate: Evaluate,
  all: readonly Rule[],
  { fresh, awaited }: Ages,
): Pick<Findings, 'decided' | 'awaited'> => {
  const isAwaited = (rule: Rule) => awaited.has(rule);
  const left: Finding[] = [];
  const isNew = awaited.size === 0 ? fresh : fresh.union(awaited);
  for (let rules = all; ; ) {
    const findings = evaluate(rules, isNew);
    const theirs = findings.flatMap((finding) => about(finding, isAwaited));
    if (theirs.length === 0) return { decided: findings, awaited: left };
    left.push(...theirs);
    const gone = new Set(theirs.flatMap((finding) => finding.rules));
    rules = rules.filter((rule) => !gone.has(rule));
  }
};

interface Judged {
  readonly group: Group;
  readonly facts: Facts;
  readonly ages: Ages;
}

const foundBy = (
  control: AnyControl,
  options: ControlOptions,
  { group, facts, ages }: Judged,
  { trigger, brought }: Occasion,
  { world }: Policy,
): Pick<Findings, 'decided' | 'awaited'> =>
  withoutAwaited(
    (rules, fresh) => {
      const visible = rules === group.rules ? group : { ...group, rules };
      const found = control.evaluate({ group: visible, facts, trigger, fresh }, options, world);
      return found.map((finding) => heldByList(control.graded ? graded(finding, facts) : finding, brought));
    },
    group.rules,
    ages,
  );

const isUnconfirmed = ({ freshness, rules }: Finding, { others }: Ages): boolean =>
  others === 'unconfirmed' && freshness === 'existing' && rules.length > 0;

/** What the enabled controls find in a group. Pure. */
export const findingsOf = ({ group, facts }: Sighting, occasion: Occasion, policy: Policy): Findings => {
  const ages = agesOf(group.rules, occasion);
  const exemptions = occasion.exemptions ?? [];
  const found = enabledControls(policy, occasion.trigger).flatMap((control) => {
    const options = policy.controls[control.id];
    if (options === undefined || !sufficient(facts, control)) return [];
    const visible = withoutExempt(seenBy(control, group), control.id, exemptions);
    return visible === undefined ? [] : [foundBy(control, options, { group: visible, facts, ages }, occasion, policy)];
  });
  const counted = countedFindings(
    found.flatMap(({ decided }) => decided),
    group,
  );
  return {
    decided: counted.filter((finding) => !isUnconfirmed(finding, ages)),
    unconfirmed: counted.filter((finding) => isUnconfirmed(finding, ages)),
    awaited: found.flatMap(({ awaited }) => awaited),
  };
};
