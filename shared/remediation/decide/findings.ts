import { hasCanaryTag } from '../../domain/canary.ts';
import type { AnyControl, Subject } from '../../domain/controls/control.ts';
import type { Facts, Need } from '../../domain/controls/facts.ts';
import type { Finding } from '../../domain/controls/finding.ts';
import type { Exemption } from '../../domain/exemption.ts';
import type { Group } from '../../domain/group.ts';
import type { Sighting } from '../../domain/ports.ts';
import type { Rule } from '../../domain/rule.ts';
import { withoutExempt } from '../../policy/exempt.ts';
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

/**
 * The findings of a control, without those about new rules that other events handle.
 *
 * The awaited rules count as new in every union. Which of all new rules have to go does not depend on the event at
 * hand, so two events that see the same rules agree: two halves of the address space lose one of them and not both.
 * Once the awaited rules that have to go are known, the other rules are evaluated without them.
 */
function withoutAwaited(
  find: (rules: readonly Rule[]) => readonly Finding[],
  all: readonly Rule[],
  awaited: ReadonlySet<Rule>,
): Pick<Findings, 'decided' | 'awaited'> {
  const left: Finding[] = [];
  for (let rules = all; ; ) {
    const findings = find(rules);
    const theirs = findings.flatMap((finding) => about(finding, (rule) => awaited.has(rule)));
    if (theirs.length === 0) return { decided: findings, awaited: left };
    left.push(...theirs);
    const gone = new Set(theirs.flatMap((finding) => finding.rules));
    rules = rules.filter((rule) => !gone.has(rule));
  }
}

const NO_FINDINGS: readonly Finding[] = [];

const NOTHING_FOUND: Findings = { decided: NO_FINDINGS, unconfirmed: NO_FINDINGS, awaited: NO_FINDINGS };

/** What the controls evaluate of one group besides its rules. */
interface Circumstances {
  readonly facts: Facts;
  /** The rules that count as new in every union. */
  readonly isNew: ReadonlySet<Rule>;
  readonly occasion: Occasion;
  readonly evaluator: Evaluator;
}

function subjectOf(group: Group, { facts, isNew, occasion, evaluator }: Circumstances): Subject<Need> {
  const exposure = evaluator.exposureOf(group.rules, isNew);
  return { group, facts, trigger: occasion.trigger, fresh: isNew, exposure };
}

function evaluate(
  { control, options }: EnabledControl,
  subject: Subject<Need>,
  { facts, occasion: { brought } }: Circumstances,
): readonly Finding[] {
  const findings = control.evaluate(subject, options);
  if (findings.length === 0) return NO_FINDINGS;
  return findings.map((finding) => heldByList(control.graded ? graded(finding, facts) : finding, brought));
}

function isAboutOld({ freshness, rules }: Finding): boolean {
  return freshness === 'existing' && rules.length > 0;
}

/**
 * What the enabled controls find in a group. Pure.
 *
 * @param ages how old the rules of the group are, if the caller knows already
 */
export function findingsOf(
  { group, facts }: Sighting,
  occasion: Occasion,
  evaluator: Evaluator,
  ages: Ages = agesOf(group.rules, occasion),
): Findings {
  const { awaited } = ages;
  const isNew = awaited.size === 0 ? ages.fresh : ages.fresh.union(awaited);
  const visibleTo = viewOf(group, occasion.exemptions ?? [], evaluator);
  let [circumstances, subject]: [Circumstances?, Subject<Need>?] = [];
  const decided: Finding[] = [];
  const left: Finding[] = [];
  for (const enabled of evaluator.controls(occasion.trigger)) {
    if (!sufficient(facts, enabled.needs)) continue;
    const visible = visibleTo(enabled.control);
    if (visible === undefined) continue;
    const all = (circumstances ??= { facts, isNew, occasion, evaluator });
    if (awaited.size > 0) {
      const found = withoutAwaited(
        (rules) => evaluate(enabled, subjectOf({ ...visible, rules }, all), all),
        visible.rules,
        awaited,
      );
      decided.push(...found.decided);
      left.push(...found.awaited);
      continue;
    }
    if (subject?.group !== visible) subject = subjectOf(visible, all);
    const findings = evaluate(enabled, subject, all);
    if (findings.length > 0) decided.push(...findings);
  }
  if (decided.length + left.length === 0) return NOTHING_FOUND;
  const evidence = { change: occasion, episodes: facts.episodes ?? [], policy: evaluator.policy };
  const counted = heldForService(countedFindings(decided, group), group, evidence);
  const theirs = heldForService(left, group, evidence);
  if (ages.others !== 'unconfirmed') return { decided: counted, unconfirmed: NO_FINDINGS, awaited: theirs };
  return {
    decided: counted.filter((finding) => !isAboutOld(finding)),
    unconfirmed: counted.filter(isAboutOld),
    awaited: theirs,
  };
}
