import { CANARY_CONTROL, closesMarkerIn, hasCanaryTag, isCanaryGroup, isMarker } from '../../domain/canary.ts';
import type { AnyControl, Facts, Need, Reachability, Subject } from '../../domain/control.ts';
import type { GroupSnapshot } from '../../domain/ec2.ts';
import type { Exemption } from '../../domain/exemption.ts';
import { type Finding, SEVERITIES } from '../../domain/finding.ts';
import type { Group, Rule } from '../../domain/group.ts';
import { withoutExemptRules } from '../../policy/exemptions.ts';
import { limitedByPrefixList, limitedForService } from './effective-mode.ts';
import type { EnabledControl, Evaluator } from './enabled-controls.ts';
import { type DecisionContext, freshnessOf, type RuleFreshness } from './freshness.ts';

/**
 * The group as a control sees it. Only the canary's control sees the canary's marker, and only in the cell
 * that owns the group.
 */
function visibleToControl({ id }: Pick<AnyControl, 'id'>, group: Group, cell: string | undefined): Group {
  return !hasCanaryTag(group) || (id === CANARY_CONTROL && closesMarkerIn(group, cell))
    ? group
    : { ...group, rules: group.rules.filter((rule) => !isMarker(rule)) };
}

/**
 * The findings that count. The cell itself adds the canary's marker, so the marker is always fresh: it uses
 * no budget, and no freeze applies. Findings about the canary's group as a whole do not count.
 */
function countedFindings(findings: readonly Finding[], group: Group): readonly Finding[] {
  return hasCanaryTag(group)
    ? findings
        .filter(({ rules }) => rules.length > 0 || !isCanaryGroup(group))
        .map((finding) => (finding.control === CANARY_CONTROL ? { ...finding, freshness: 'fresh' } : finding))
    : findings;
}

/** Steps on the scale of severities, by what can reach the group. */
const STEPS = { internet: 1, 'load-balancer': 1, internal: 0, unattached: -1 } as const satisfies Record<
  Reachability,
  number
>;

/** The finding with its severity graded by reachability; unchanged if the reachability is unknown. */
function graded(finding: Finding, { reachability }: Partial<Facts>): Finding {
  if (reachability === undefined) return finding;
  const place = SEVERITIES.indexOf(finding.severity) + STEPS[reachability];
  return { ...finding, severity: SEVERITIES[Math.min(Math.max(place, 0), SEVERITIES.length - 1)] ?? finding.severity };
}

/** The findings about a group, divided by what may be done about them now. */
export interface ControlFindings {
  readonly decided: readonly Finding[];
  /** About rules that may be new or existing. */
  readonly unconfirmed: readonly Finding[];
  /** About fresh rules that the event of another call acts on. */
  readonly awaited: readonly Finding[];
}

/** Whether all facts that a control uses are known. */
function sufficient(facts: Partial<Facts>, needs: readonly Need[]): facts is Facts {
  return needs.every((need) => need in facts);
}

/**
 * What a control sees of a group. Nearly all groups have neither a canary tag nor an exemption; then all
 * controls see the same group.
 */
function viewOf(
  group: Group,
  exemptions: readonly Exemption[],
  { policy: { cell } }: Evaluator,
): (control: AnyControl) => Group | undefined {
  return exemptions.length === 0 && !hasCanaryTag(group)
    ? () => group
    : (control) => withoutExemptRules(visibleToControl(control, group, cell), control.id, exemptions);
}

/** The finding about some of its rules; none if no rule is left. */
export function restrictedTo(finding: Finding, isAbout: (rule: Rule) => boolean): readonly Finding[] {
  const rules = finding.rules.filter(isAbout);
  return rules.length === 0 ? [] : [{ ...finding, rules }];
}

/**
 * The findings of a control, without findings about fresh rules that the events of other calls act on.
 *
 * These rules count as fresh in every union, so two events that see the same rules agree which of them go: of
 * two halves of the address space, only one is removed. The other rules are then evaluated without them.
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

/** What the evaluation of a group depends on besides its rules. */
interface Circumstances {
  readonly facts: Facts;
  /** Rules that count as fresh in every union. */
  readonly isNew: ReadonlySet<Rule>;
  readonly context: DecisionContext;
  readonly evaluator: Evaluator;
}

function subjectOf(group: Group, { facts, isNew, context, evaluator }: Circumstances): Subject<Need> {
  const exposure = evaluator.exposureOf(group.rules, isNew);
  return { group, facts, trigger: context.trigger, fresh: isNew, exposure };
}

function evaluate(
  { control, options }: EnabledControl,
  subject: Subject<Need>,
  { facts, context: { added } }: Circumstances,
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
 * @param ages the freshness of the rules, if the caller knows it
 */
export function findingsOf(
  { group, facts }: GroupSnapshot,
  context: DecisionContext,
  evaluator: Evaluator,
  ages: RuleFreshness = freshnessOf(group.rules, context),
): ControlFindings {
  const { awaited } = ages;
  const isNew = awaited.size === 0 ? ages.fresh : ages.fresh.union(awaited);
  const visibleTo = viewOf(group, context.exemptions ?? [], evaluator);
  let [circumstances, subject]: [Circumstances?, Subject<Need>?] = [];
  const decided: Finding[] = [];
  const left: Finding[] = [];
  for (const enabled of evaluator.controls(context.trigger)) {
    if (!sufficient(facts, enabled.needs)) continue;
    const visible = visibleTo(enabled.control);
    if (visible === undefined) continue;
    const all = (circumstances ??= { facts, isNew, context, evaluator });
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
  const evidence = { change: context, episodes: facts.episodes ?? [], policy: evaluator.policy };
  const counted = limitedForService(countedFindings(decided, group), group, evidence);
  const theirs = limitedForService(left, group, evidence);
  if (ages.others !== 'unconfirmed') return { decided: counted, unconfirmed: NO_FINDINGS, awaited: theirs };
  return {
    decided: counted.filter((finding) => !isAboutOld(finding)),
    unconfirmed: counted.filter(isAboutOld),
    awaited: theirs,
  };
}
