import { CANARY_CONTROL, closesMarkerIn, hasCanaryTag, isCanaryGroup, isMarker } from '../../domain/canary.ts';
import type { AnyControl, Facts, Need, Reachability, Subject } from '../../domain/control.ts';
import type { Exemption } from '../../domain/exemption.ts';
import { type Finding, SEVERITIES } from '../../domain/finding.ts';
import type { Group, Rule } from '../../domain/group.ts';
import type { GroupSnapshot } from '../../domain/ports.ts';
import { withoutExemptRules } from '../../policy/exemptions.ts';
import { limitedByPrefixList, limitedForService } from './effective-mode.ts';
import type { EnabledControl, Evaluator } from './enabled-controls.ts';
import { type DecisionContext, freshnessOf, type RuleFreshness } from './freshness.ts';

/** A group as a control sees it: the canary's marker is for its own control alone, and only in the cell that the group belongs to. */
function visibleToControl({ id }: Pick<AnyControl, 'id'>, group: Group, cell: string | undefined): Group {
  return !hasCanaryTag(group) || (id === CANARY_CONTROL && closesMarkerIn(group, cell))
    ? group
    : { ...group, rules: group.rules.filter((rule) => !isMarker(rule)) };
}

/**
 * What counts of the findings about a group. The marker is always of the cell's own bringing, never something that was there before, which
 * the budget counts and a freeze holds up. Of the canary's group as such (its use, its name, who made it) there is nothing to say.
 */
function countedFindings(findings: readonly Finding[], group: Group): readonly Finding[] {
  return hasCanaryTag(group)
    ? findings
        .filter(({ rules }) => rules.length > 0 || !isCanaryGroup(group))
        .map((finding) => (finding.control === CANARY_CONTROL ? { ...finding, freshness: 'fresh' } : finding))
    : findings;
}

/** Steps up or down the scale: what the internet gets to is worse, what nothing uses is a mistake that has not happened yet. */
const STEPS = { internet: 1, 'load-balancer': 1, internal: 0, unattached: -1 } as const satisfies Record<
  Reachability,
  number
>;

/** A finding with its severity graded by reachability; as it is where that is not known. */
function graded(finding: Finding, { reachability }: Partial<Facts>): Finding {
  if (reachability === undefined) return finding;
  const place = SEVERITIES.indexOf(finding.severity) + STEPS[reachability];
  return { ...finding, severity: SEVERITIES[Math.min(Math.max(place, 0), SEVERITIES.length - 1)] ?? finding.severity };
}

/** What was found in a group, told apart by what may be done about it now. */
export interface ControlFindings {
  readonly decided: readonly Finding[];
  /** About rules of which nobody knows whether they are new. */
  readonly unconfirmed: readonly Finding[];
  /** About new rules that their own events act on. */
  readonly awaited: readonly Finding[];
}

/** True of the facts that a control may touch: it declares the others absent from its subject's type. */
function sufficient(facts: Partial<Facts>, needs: readonly Need[]): facts is Facts {
  return needs.every((need) => need in facts);
}

/** What a control sees of a group. Nearly every group has no canary's tag and no exemption, so all controls see it is. */
function viewOf(
  group: Group,
  exemptions: readonly Exemption[],
  { policy: { cell } }: Evaluator,
): (control: AnyControl) => Group | undefined {
  return exemptions.length === 0 && !hasCanaryTag(group)
    ? () => group
    : (control) => withoutExemptRules(visibleToControl(control, group, cell), control.id, exemptions);
}

/** The finding about some of its rules. */
export function restrictedTo(finding: Finding, isAbout: (rule: Rule) => boolean): readonly Finding[] {
  const rules = finding.rules.filter(isAbout);
  return rules.length === 0 ? [] : [{ ...finding, rules }];
}

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
): Pick<ControlFindings, 'decided' | 'awaited'> {
  const left: Finding[] = [];
  for (let rules = all; ; ) {
    const findings = find(rules);
    const theirs = findings.flatMap((finding) => restrictedTo(finding, (rule) => awaited.has(rule)));
    if (theirs.length === 0) return { decided: findings, awaited: left };
    left.push(...theirs);
    const gone = new Set(theirs.flatMap((finding) => finding.rules));
    rules = rules.filter((rule) => !gone.has(rule));
  }
}

const NO_FINDINGS: readonly Finding[] = [];

const NOTHING_FOUND: ControlFindings = { decided: NO_FINDINGS, unconfirmed: NO_FINDINGS, awaited: NO_FINDINGS };

/** What the controls evaluate of one group besides its rules. */
interface Circumstances {
  readonly facts: Facts;
  /** The rules that count as new in every union. */
  readonly isNew: ReadonlySet<Rule>;
  readonly occasion: DecisionContext;
  readonly evaluator: Evaluator;
}

function subjectOf(group: Group, { facts, isNew, occasion, evaluator }: Circumstances): Subject<Need> {
  const exposure = evaluator.exposureOf(group.rules, isNew);
  return { group, facts, trigger: occasion.trigger, fresh: isNew, exposure };
}

function evaluate(
  { control, options }: EnabledControl,
  subject: Subject<Need>,
  { facts, occasion: { added } }: Circumstances,
): readonly Finding[] {
  const findings = control.evaluate(subject, options);
  if (findings.length === 0) return NO_FINDINGS;
  return findings.map((finding) => limitedByPrefixList(control.graded ? graded(finding, facts) : finding, added));
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
  { group, facts }: GroupSnapshot,
  occasion: DecisionContext,
  evaluator: Evaluator,
  ages: RuleFreshness = freshnessOf(group.rules, occasion),
): ControlFindings {
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
  const counted = limitedForService(countedFindings(decided, group), group, evidence);
  const theirs = limitedForService(left, group, evidence);
  if (ages.others !== 'unconfirmed') return { decided: counted, unconfirmed: NO_FINDINGS, awaited: theirs };
  return {
    decided: counted.filter((finding) => !isAboutOld(finding)),
    unconfirmed: counted.filter(isAboutOld),
    awaited: theirs,
  };
}
