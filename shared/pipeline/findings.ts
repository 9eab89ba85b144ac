import { exposureOf } from '../exposure/rule-exposure.ts';
import { hasCanaryTag } from '../model/canary.ts';
import type { AnyControl } from '../model/control.ts';
import type { Exemption } from '../model/exemption.ts';
import type { RuleExposure } from '../model/exposure.ts';
import type { Facts, Need } from '../model/facts.ts';
import type { Finding } from '../model/finding.ts';
import type { Group } from '../model/group.ts';
import type { Sighting } from '../model/ports.ts';
import type { Rule } from '../model/rule.ts';
import { withoutExempt } from '../policy/exempt.ts';
import { countedFindings, seenBy } from './canary-view.ts';
import type { EnabledControl, Evaluator } from './enabled.ts';
import { type Ages, agesOf } from './freshness.ts';
import { graded } from './grade.ts';
import { heldByList } from './list-limit.ts';
import type { Occasion } from './occasion.ts';
import { heldForService } from './service-hold.ts';

/** What was found in a group, told apart by what may be done about it now. */
export interface Findings {
  readonly decided: readonly Finding[];
  /** About rules of which nobody knows whether they are new. */
  readonly unconfirmed: readonly Finding[];
  /** About new rules that their own events act on. */
  readonly awaited: readonly Finding[];
}

/** True of the facts that a control may touch: it declares the others absent from its subject's type. */
const sufficient = (facts: Partial<Facts>, needs: readonly Need[]): facts is Facts =>
  needs.every((need) => need in facts);

type ExposureOfRules = (rules: readonly Rule[]) => RuleExposure;

/** The exposure of the rules that a control sees: the same object for all controls that see the same rules. */
const exposureFor = (isNew: ReadonlySet<Rule>, { world, shared }: Evaluator): ExposureOfRules => {
  let last: RuleExposure | undefined;
  return (rules) => {
    if (last?.rules !== rules) last = exposureOf(rules, isNew, world, shared);
    return last;
  };
};

/** What a control sees of a group. Nearly every group has no canary's tag and no exemption, so all controls see it as it is. */
const viewOf = (
  group: Group,
  exemptions: readonly Exemption[],
  { policy: { cell } }: Evaluator,
): ((control: AnyControl) => Group | undefined) =>
  exemptions.length === 0 && !hasCanaryTag(group)
    ? () => group
    : (control) => withoutExempt(seenBy(control, group, cell), control.id, exemptions);

/** The finding about some of its rules. */
export const about = (finding: Finding, isAbout: (rule: Rule) => boolean): readonly Finding[] => {
  const rules = finding.rules.filter(isAbout);
  return rules.length === 0 ? [] : [{ ...finding, rules }];
};

type Evaluate = (rules: readonly Rule[]) => readonly Finding[];

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
  awaited: ReadonlySet<Rule>,
): Pick<Findings, 'decided' | 'awaited'> => {
  const isAwaited = (rule: Rule) => awaited.has(rule);
  const left: Finding[] = [];
  for (let rules = all; ; ) {
    const findings = evaluate(rules);
    const theirs = awaited.size === 0 ? [] : findings.flatMap((finding) => about(finding, isAwaited));
    if (theirs.length === 0) return { decided: findings, awaited: left };
    left.push(...theirs);
    const gone = new Set(theirs.flatMap((finding) => finding.rules));
    rules = rules.filter((rule) => !gone.has(rule));
  }
};

interface Judged {
  readonly group: Group;
  readonly facts: Facts;
  /** The rules that count as new in every union. */
  readonly isNew: ReadonlySet<Rule>;
  readonly awaited: ReadonlySet<Rule>;
  readonly exposureOfRules: ExposureOfRules;
}

const foundBy = (
  { control, options }: EnabledControl,
  { group, facts, isNew, awaited, exposureOfRules }: Judged,
  { trigger, brought }: Occasion,
): Pick<Findings, 'decided' | 'awaited'> =>
  withoutAwaited(
    (rules) => {
      const visible = rules === group.rules ? group : { ...group, rules };
      const subject = { group: visible, facts, trigger, fresh: isNew, exposure: exposureOfRules(rules) };
      return control
        .evaluate(subject, options)
        .map((finding) => heldByList(control.graded ? graded(finding, facts) : finding, brought));
    },
    group.rules,
    awaited,
  );

const isUnconfirmed = ({ freshness, rules }: Finding, { others }: Ages): boolean =>
  others === 'unconfirmed' && freshness === 'existing' && rules.length > 0;

/** What the enabled controls find in a group. Pure. */
export const findingsOf = ({ group, facts }: Sighting, occasion: Occasion, evaluator: Evaluator): Findings => {
  const ages = agesOf(group.rules, occasion);
  const { awaited } = ages;
  const isNew = awaited.size === 0 ? ages.fresh : ages.fresh.union(awaited);
  const visibleTo = viewOf(group, occasion.exemptions ?? [], evaluator);
  const exposureOfRules = exposureFor(isNew, evaluator);
  const decided: Finding[] = [];
  const left: Finding[] = [];
  for (const enabled of evaluator.controls(occasion.trigger)) {
    if (!sufficient(facts, enabled.needs)) continue;
    const visible = visibleTo(enabled.control);
    if (visible === undefined) continue;
    const found = foundBy(enabled, { group: visible, facts, isNew, awaited, exposureOfRules }, occasion);
    decided.push(...found.decided);
    left.push(...found.awaited);
  }
  const evidence = { change: occasion, episodes: facts.episodes ?? [], policy: evaluator.policy };
  const counted = heldForService(countedFindings(decided, group), group, evidence);
  return {
    decided: counted.filter((finding) => !isUnconfirmed(finding, ages)),
    unconfirmed: counted.filter((finding) => isUnconfirmed(finding, ages)),
    awaited: heldForService(left, group, evidence),
  };
};
