import { worldOpenTogether } from '../../controls/world-open-together.ts';
import { CANARY_CONTROL, isAboutCanary } from '../../domain/canary.ts';
import type { Facts, Need, Peer } from '../../domain/control.ts';
import { higherMode, lowerMode, type Mode } from '../../domain/control-options.ts';
import type { Decision } from '../../domain/decision.ts';
import type { Freshness } from '../../domain/finding.ts';
import type { Attachment, Group, InterfaceOwner } from '../../domain/group.ts';
import type { Policy } from '../../domain/policy.ts';
import { cidrsOf } from '../../network/public-space.ts';
import { exemptionsAt } from '../../policy/exemptions.ts';
import { withControls } from '../../policy/queries.ts';
import {
  allFindingsWithModes,
  type DecisionLimits,
  decisionsFromFindings,
  type GroupDecisions,
} from '../../remediation/decide/decide-group.ts';
import type { FindingWithMode } from '../../remediation/decide/effective-mode.ts';
import {
  type Evaluator,
  enabledControls,
  evaluatorOf,
  mayOpenTogether,
  needsOf,
  notifies,
} from '../../remediation/decide/enabled-controls.ts';
import { type ControlFindings, findingsOf } from '../../remediation/decide/findings.ts';
import { type DecisionContext, freshnessOf, type RecordedState } from '../../remediation/decide/freshness.ts';
import type { SweepCell } from './cell.ts';

/** Facts whose extremes are known, so that every judgement by them is met by one of the cases below. */
const HYPOTHETICAL_NEEDS: ReadonlySet<Need> = new Set([
  'attachments',
  'referencedBy',
  'peers',
  'reachability',
  'vpcCidrs',
]);

const OWNERS = ['ec2', 'rds', 'elasticache', 'elb', 'lambda', 'redshift'] as const satisfies readonly InterfaceOwner[];

/** As many as a look reads: see `Facts.attachments`. */
const MANY = 1000;

function interfaces(count: number): readonly Attachment[] {
  return Array.from({ length: count }, (_, index) => ({
    interfaceId: `eni-${index}`,
    description: '',
    type: 'interface',
    owner: OWNERS[index % OWNERS.length] ?? 'other',
  }));
}

/** On nothing, on one interface, on everything. Which groups a rule names is gone or of no tier: nothing trusts the latter. */
const CASES: readonly { readonly attachments: readonly Attachment[]; readonly peer: Peer }[] = [
  { attachments: [], peer: 'gone' },
  { attachments: interfaces(1), peer: 'foreign' },
  { attachments: interfaces(MANY), peer: 'gone' },
];

function peersOf({ rules }: Group, peer: Peer): ReadonlyMap<string, Peer> {
  return new Map(rules.flatMap(({ source }) => (source.kind === 'group' ? [[source.groupId, peer] as const] : [])));
}

/** A VPC may be as small as what a rule names: then each rule lets the whole of it in. */
function smallestVpc({ rules }: Group): readonly string[] {
  return [...new Set(rules.flatMap(({ source }) => cidrsOf(source)))];
}

/**
 * What the facts about a group may be at their extremes. Facts that nobody needs are left out: each is read off all rules.
 *
 * @param vpcCidrs CIDR blocks of its VPC, where they are known.
 */
function hypotheticalFacts(
  group: Group,
  needs: ReadonlySet<Need>,
  vpcCidrs?: readonly string[],
): readonly Partial<Facts>[] {
  const cidrs = needs.has('vpcCidrs') ? { vpcCidrs: vpcCidrs ?? smallestVpc(group) } : {};
  return CASES.map(({ attachments, peer }) => ({
    attachments,
    referencedBy: [],
    ...(needs.has('peers') && { peers: peersOf(group, peer) }),
    ...cidrs,
  }));
}

/** What a sweep has to say of a group. */
export interface GroupEvaluation {
  /** Findings by the facts that were read, each with its mode, also the observed ones. Without the canary's. */
  readonly findings: readonly Pick<FindingWithMode, 'finding' | 'mode'>[];
  /** Whether anything may have to be closed, asked or told, whatever the facts that were not read. */
  readonly concerns: boolean;
  /** Whether existing rules may have to be closed, or rules of which nobody knows yet whether they are new. */
  readonly closes: boolean;
}

/** Judges groups by their page, and by the CIDR blocks of their VPC where those are known. */
export interface EvaluationContext {
  readonly evaluate: (group: Group, known: RecordedState, vpcCidrs?: readonly string[]) => GroupEvaluation;
  /** Whether nothing would be found in the group if no exemption and no runtime switch held anything back. */
  readonly isHarmless: (group: Group, known: RecordedState) => boolean;
  /** Whether the CIDR blocks are worth a call: without them every private source might be the whole VPC. */
  readonly asksForCidrs: boolean;
}

/** How far a control goes with rules of these ages. */
function modeOf(policy: Policy, control: string, ceiling: Mode, ages: readonly Freshness[]): Mode {
  const options = policy.controls[control];
  const asked = ages.map((age) => options?.[age] ?? 'off').reduce(higherMode, 'off');
  return lowerMode(asked, lowerMode(ceiling, policy.ceiling));
}

/**
 * Controls that do more than observe rules of these ages, and that the page alone does not suffice for. Which groups the control about
 * neighbours is worth a look for, the page does tell: see `mayOpenTogether`.
 */
function waitingForFacts(policy: Policy, ceiling: Mode, ages: readonly Freshness[]) {
  const controls = enabledControls(policy, 'sweep').filter((control) => {
    const isWaiting = needsOf(control).some((need) => need !== 'neighbours');
    return isWaiting && notifies(modeOf(policy, control.id, ceiling, ages));
  });
  const ids = new Set(controls.map(({ id }) => id));
  const narrowed = withControls(policy, (id) => ids.has(id));
  return {
    controls,
    needs: new Set(controls.flatMap(needsOf)),
    evaluator: evaluatorOf(narrowed),
    isBlind: controls.some((control) => needsOf(control).some((need) => !HYPOTHETICAL_NEEDS.has(need))),
    heedsNeighbours: notifies(modeOf(policy, worldOpenTogether.id, ceiling, ages)),
  };
}

const NO_FACTS: Partial<Facts> = {};

/** Closing these is what the share of a sweep limits. */
function isClosing({ mode, rules, findings }: Decision): boolean {
  return mode === 'enforce' && rules.length > 0 && findings.every(({ freshness }) => freshness === 'existing');
}

/** What may come of it: what people were told of before, and is left alone, does not. */
function upcomingDecisions({ decisions, withheld }: GroupDecisions): readonly Decision[] {
  return [...decisions, ...withheld.flatMap(({ decision, why }) => (why === 'notified-before' ? [] : [decision]))];
}

/** What some facts about a group lead to. */
interface Consequences {
  readonly findings: GroupEvaluation['findings'];
  readonly decisions: readonly Decision[];
}

const NO_CONSEQUENCES: Consequences = { findings: [], decisions: [] };

/**
 * What findings lead to. Most groups have none, or only such that are observed: those are counted, and no decision is
 * made of them. A decision names no interfaces here: most of them would be hypothetical, and nobody is told.
 */
function consequencesOf(
  found: ControlFindings,
  group: Group,
  asOf: DecisionContext,
  standard: DecisionLimits,
): Consequences {
  const snapshot = { group, facts: NO_FACTS };
  const weighed = allFindingsWithModes(found, snapshot, asOf, standard);
  if (weighed.length === 0) return NO_CONSEQUENCES;
  if (!weighed.some(({ mode }) => notifies(mode)))
    return { findings: weighed.filter(({ finding }) => finding.control !== CANARY_CONTROL), decisions: [] };
  const deliberation = decisionsFromFindings(found, snapshot, asOf, standard);
  const all = [...deliberation.decisions, ...deliberation.withheld.map(({ decision }) => decision)];
  const findings = all
    .filter((decision) => !isAboutCanary(decision))
    .flatMap(({ mode, findings }) => findings.map((finding) => ({ finding, mode })));
  return { findings, decisions: upcomingDecisions(deliberation) };
}

/**
 * The court of one sweep. A page tells of no interfaces, so controls that ask for them judge by what they may be: a fact that was not
 * read never makes a violation vanish, and whether there is one is told by the look of on-change, which reads it. Where a control asks
 * for a fact whose extremes are not known (`twins`), every group is of concern.
 */
export function evaluationContextOf(policy: Policy, occasion: DecisionContext, ceiling: Mode): EvaluationContext {
  const forOld = waitingForFacts(policy, ceiling, ['existing']);
  const forNew = waitingForFacts(policy, ceiling, ['fresh', 'existing']);
  const evaluator = evaluatorOf(policy);
  const mayBeBeside = mayOpenTogether(policy, evaluator);
  let withoutProtection: EvaluationContext | undefined;
  /** The same without exemptions and runtime switch; made by the first question. */
  const unprotected = (): EvaluationContext => {
    withoutProtection ??= evaluationContextOf(policy, { ...occasion, exemptions: [] }, 'enforce');
    return withoutProtection;
  };
  const judge: EvaluationContext['evaluate'] = (group, known, vpcCidrs) => {
    const asOf = { ...occasion, recordedState: known };
    const ages = freshnessOf(group.rules, asOf);
    const waiting = ages.fresh.size > 0 ? forNew : forOld;
    const by = (facts: Partial<Facts>, own: Evaluator): Consequences => {
      const found = findingsOf({ group, facts }, asOf, own, ages);
      return consequencesOf(found, group, asOf, { policy: own.policy, ceiling });
    };
    const read = by(vpcCidrs === undefined ? NO_FACTS : { vpcCidrs }, evaluator);
    const couldFire = waiting.controls.some((control) => control.couldFire?.(group) ?? true);
    const cases = couldFire ? hypotheticalFacts(group, waiting.needs, vpcCidrs) : [];
    const decisions = [...read.decisions, ...cases.flatMap((facts) => by(facts, waiting.evaluator).decisions)];
    return {
      findings: read.findings,
      concerns:
        waiting.isBlind ||
        decisions.some(({ mode }) => notifies(mode)) ||
        (waiting.heedsNeighbours && mayBeBeside(group, ages.fresh)),
      closes: decisions.some((decision) => isClosing(decision) && !isAboutCanary(decision)),
    };
  };
  const isHarmless: EvaluationContext['isHarmless'] = (group, known) => !unprotected().evaluate(group, known).concerns;
  return {
    evaluate: judge,
    isHarmless,
    asksForCidrs: forOld.controls.some((control) => needsOf(control).includes('vpcCidrs')),
  };
}

/** The court as it stands now: live exemptions and the runtime switch are read once for a part. Throws CallFailed. */
export async function currentEvaluationContext({ policy, ports }: SweepCell): Promise<EvaluationContext> {
  const now = ports.clock.now();
  const [given, ceiling] = await Promise.all([ports.exemptions.all(), ports.runtimeSwitch.ceiling()]);
  const exemptions = exemptionsAt(now, policy, given);
  return evaluationContextOf(policy, { trigger: 'sweep', added: { kind: 'unknown' }, now, exemptions }, ceiling);
}
