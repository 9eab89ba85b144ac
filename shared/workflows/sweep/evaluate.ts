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

/** Facts whose extremes are known: the hypothetical cases cover every result that depends on them. */
const HYPOTHETICAL_NEEDS: ReadonlySet<Need> = new Set([
  'attachments',
  'referencedBy',
  'peers',
  'reachability',
  'vpcCidrs',
]);

const OWNERS = ['ec2', 'rds', 'elasticache', 'elb', 'lambda', 'redshift'] as const satisfies readonly InterfaceOwner[];

/** As many as one snapshot reads: see `Facts.attachments`. */
const MANY = 1000;

function interfaces(count: number): readonly Attachment[] {
  return Array.from({ length: count }, (_, index) => ({
    interfaceId: `eni-${index}`,
    description: '',
    type: 'interface',
    owner: OWNERS[index % OWNERS.length] ?? 'other',
  }));
}

/**
 * No interface, one interface, very many. A group that a rule names is deleted or in no tier, which nothing
 * trusts.
 */
const CASES: readonly { readonly attachments: readonly Attachment[]; readonly peer: Peer }[] = [
  { attachments: [], peer: 'gone' },
  { attachments: interfaces(1), peer: 'foreign' },
  { attachments: interfaces(MANY), peer: 'gone' },
];

function peersOf({ rules }: Group, peer: Peer): ReadonlyMap<string, Peer> {
  return new Map(rules.flatMap(({ source }) => (source.kind === 'group' ? [[source.groupId, peer] as const] : [])));
}

/**
 * The smallest possible VPC consists of the blocks that rules name, so that each of these rules admits all of
 * it.
 */
function smallestVpc({ rules }: Group): readonly string[] {
  return [...new Set(rules.flatMap(({ source }) => cidrsOf(source)))];
}

/**
 * Hypothetical facts about a group at their extremes. Facts that no control needs are left out.
 *
 * @param vpcCidrs CIDR blocks of the VPC, if they are known.
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

/** What a sweep finds in a group. */
export interface GroupEvaluation {
  /**
   * Findings by the facts that were read, with their modes, also those that are only observed. Without the
   * canary's.
   */
  readonly findings: readonly Pick<FindingWithMode, 'finding' | 'mode'>[];
  /** Whether something may have to be removed, asked or notified, whatever the unread facts are. */
  readonly concerns: boolean;
  /** Whether existing rules may have to be removed, or rules that may be new or existing. */
  readonly closes: boolean;
}

/** Evaluates groups by the page of a sweep, and by the CIDR blocks of their VPC if these are known. */
export interface EvaluationContext {
  readonly evaluate: (group: Group, known: RecordedState, vpcCidrs?: readonly string[]) => GroupEvaluation;
  /** Whether nothing would be found in the group without exemptions and without the runtime switch. */
  readonly isHarmless: (group: Group, known: RecordedState) => boolean;
  /** Whether CIDR blocks are worth a call: without them every private source might be the whole VPC. */
  readonly asksForCidrs: boolean;
}

/** The mode of a control for rules of this freshness. */
function modeOf(policy: Policy, control: string, ceiling: Mode, ages: readonly Freshness[]): Mode {
  const options = policy.controls[control];
  const asked = ages.map((age) => options?.[age] ?? 'off').reduce(higherMode, 'off');
  return lowerMode(asked, lowerMode(ceiling, policy.ceiling));
}

/**
 * Controls that do more than observe such rules and need facts that a page does not have. The page does show
 * which groups are worth a snapshot for the control on neighbours: see `mayOpenTogether`.
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

/** Whether the decision counts for the share of groups that a sweep may change. */
function isClosing({ mode, rules, findings }: Decision): boolean {
  return mode === 'enforce' && rules.length > 0 && findings.every(({ freshness }) => freshness === 'existing');
}

/** Decisions that may lead to something. Those that people were notified of before do not. */
function upcomingDecisions({ decisions, withheld }: GroupDecisions): readonly Decision[] {
  return [...decisions, ...withheld.flatMap(({ decision, why }) => (why === 'notified-before' ? [] : [decision]))];
}

/** What facts about a group lead to. */
interface Consequences {
  readonly findings: GroupEvaluation['findings'];
  readonly decisions: readonly Decision[];
}

const NO_CONSEQUENCES: Consequences = { findings: [], decisions: [] };

/**
 * What findings lead to. Most groups have no findings or only observed ones; these are counted without a
 * decision. Decisions here have no attachments, because most of them are hypothetical and nobody is notified.
 */
function consequencesOf(
  found: ControlFindings,
  group: Group,
  asOf: DecisionContext,
  standard: DecisionLimits,
): Consequences {
  const snapshot = { group, facts: NO_FACTS };
  const withMode = allFindingsWithModes(found, snapshot, asOf, standard);
  if (withMode.length === 0) return NO_CONSEQUENCES;
  if (!withMode.some(({ mode }) => notifies(mode)))
    return { findings: withMode.filter(({ finding }) => finding.control !== CANARY_CONTROL), decisions: [] };
  const deliberation = decisionsFromFindings(found, snapshot, asOf, standard);
  const all = [...deliberation.decisions, ...deliberation.withheld.map(({ decision }) => decision)];
  const findings = all
    .filter((decision) => !isAboutCanary(decision))
    .flatMap((decision) => decision.findings.map((finding) => ({ finding, mode: decision.mode })));
  return { findings, decisions: upcomingDecisions(deliberation) };
}

/**
 * Evaluates groups for one sweep. A page has no interfaces, so controls that need them are evaluated with
 * hypothetical facts: an unread fact never makes a violation vanish, and on-change decides after it has read
 * the facts. If a control needs a fact whose extremes are unknown (`twins`), every group concerns the sweep.
 */
export function evaluationContextOf(policy: Policy, occasion: DecisionContext, ceiling: Mode): EvaluationContext {
  const forOld = waitingForFacts(policy, ceiling, ['existing']);
  const forNew = waitingForFacts(policy, ceiling, ['fresh', 'existing']);
  const evaluator = evaluatorOf(policy);
  const mayBeBeside = mayOpenTogether(policy, evaluator);
  let withoutProtection: EvaluationContext | undefined;
  /** The same without exemptions and the runtime switch; made when first needed. */
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

/**
 * The context with current exemptions and the runtime switch, which are read once for each part. Throws
 * CallFailed.
 */
export async function currentEvaluationContext({ policy, ports }: SweepCell): Promise<EvaluationContext> {
  const now = ports.clock.now();
  const [given, ceiling] = await Promise.all([ports.exemptions.all(), ports.runtimeSwitch.ceiling()]);
  const exemptions = exemptionsAt(now, policy, given);
  return evaluationContextOf(policy, { trigger: 'sweep', added: { kind: 'unknown' }, now, exemptions }, ceiling);
}
