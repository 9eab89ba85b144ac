import { worldOpenTogether } from '../../controls/world-open-together.ts';
import { CANARY_CONTROL, isAboutCanary } from '../../domain/canary.ts';
import type { Facts } from '../../domain/controls/facts.ts';
import type { Freshness } from '../../domain/controls/finding.ts';
import { higherMode, lowerMode, type Mode } from '../../domain/controls/mode.ts';
import type { Policy } from '../../domain/controls/policy.ts';
import type { Decision } from '../../domain/decision.ts';
import type { Group } from '../../domain/group.ts';
import { exemptionsAt } from '../../policy/exempt.ts';
import { withControls } from '../../policy/with-controls.ts';
import { type Deliberation, decisionsOn, type Standard, weighEvery } from '../../remediation/decide/decide.ts';
import type { Weighed } from '../../remediation/decide/effective-mode.ts';
import { type Evaluator, enabledControls, evaluatorOf, needsOf } from '../../remediation/decide/enabled.ts';
import { type Findings, findingsOf } from '../../remediation/decide/findings.ts';
import { agesOf } from '../../remediation/decide/freshness.ts';
import { isLoud } from '../../remediation/decide/loud.ts';
import type { Known, Occasion } from '../../remediation/decide/occasion.ts';
import { mayOpenTogether } from '../../remediation/decide/shared-interfaces.ts';
import type { SweepCell } from './cell.ts';
import { IMAGINED, imaginedFacts } from './imagine.ts';

/** What a sweep has to say of a group. */
export interface Verdict {
  /** Findings by the facts that were read, each with its mode, also the observed ones. Without the canary's. */
  readonly findings: readonly Pick<Weighed, 'finding' | 'mode'>[];
  /** Whether anything may have to be closed, asked or told, whatever the facts that were not read. */
  readonly concerns: boolean;
  /** Whether existing rules may have to be closed, or rules of which nobody knows yet whether they are new. */
  readonly closes: boolean;
}

/** Judges groups by their page, and by the CIDR blocks of their VPC where those are known. */
export interface Court {
  readonly judge: (group: Group, known: Known, vpcCidrs?: readonly string[]) => Verdict;
  /** Whether nothing would be found in the group if no exemption and no runtime switch held anything back. */
  readonly isHarmless: (group: Group, known: Known) => boolean;
  /** Whether the CIDR blocks are worth a call: without them every private source might be the whole VPC. */
  readonly asksForCidrs: boolean;
}

/** How far a control goes with rules of these ages. */
const modeOf = (policy: Policy, control: string, ceiling: Mode, ages: readonly Freshness[]): Mode => {
  const options = policy.controls[control];
  const asked = ages.map((age) => options?.[age] ?? 'off').reduce(higherMode, 'off');
  return lowerMode(asked, lowerMode(ceiling, policy.ceiling));
};

/**
 * Controls that do more than observe rules of these ages, and that the page alone does not suffice for. Which groups the control about
 * neighbours is worth a look for, the page does tell: see `mayOpenTogether`.
 */
const waitingForFacts = (policy: Policy, ceiling: Mode, ages: readonly Freshness[]) => {
  const controls = enabledControls(policy, 'sweep').filter((control) => {
    const isWaiting = needsOf(control).some((need) => need !== 'neighbours');
    return isWaiting && isLoud(modeOf(policy, control.id, ceiling, ages));
  });
  const ids = new Set(controls.map(({ id }) => id));
  const narrowed = withControls(policy, (id) => ids.has(id));
  return {
    controls,
    needs: new Set(controls.flatMap(needsOf)),
    evaluator: evaluatorOf(narrowed),
    isBlind: controls.some((control) => needsOf(control).some((need) => !IMAGINED.has(need))),
    heedsNeighbours: isLoud(modeOf(policy, worldOpenTogether.id, ceiling, ages)),
  };
};

const NO_FACTS: Partial<Facts> = {};

/** Closing these is what the share of a sweep limits. */
const isClosing = ({ mode, rules, because }: Decision): boolean =>
  mode === 'enforce' && rules.length > 0 && because.every(({ freshness }) => freshness === 'existing');

/** What may come of it: what people were told of before, and is left alone, does not. */
const toCome = ({ decisions, withheld }: Deliberation): readonly Decision[] => [
  ...decisions,
  ...withheld.flatMap(({ decision, why }) => (why === 'told-before' ? [] : [decision])),
];

/** What some facts about a group lead to. */
interface Consequences {
  readonly findings: Verdict['findings'];
  readonly decisions: readonly Decision[];
}

const NO_CONSEQUENCES: Consequences = { findings: [], decisions: [] };

/**
 * What findings lead to. Most groups have none, or only such that are observed: those are counted, and no decision is
 * made of them. A decision names no interfaces here: most of them would be hypothetical, and nobody is told.
 */
const consequencesOf = (found: Findings, group: Group, asOf: Occasion, standard: Standard): Consequences => {
  const snapshot = { group, facts: NO_FACTS };
  const weighed = weighEvery(found, snapshot, asOf, standard);
  if (weighed.length === 0) return NO_CONSEQUENCES;
  if (!weighed.some(({ mode }) => isLoud(mode)))
    return { findings: weighed.filter(({ finding }) => finding.control !== CANARY_CONTROL), decisions: [] };
  const deliberation = decisionsOn(found, snapshot, asOf, standard);
  const all = [...deliberation.decisions, ...deliberation.withheld.map(({ decision }) => decision)];
  const findings = all
    .filter((decision) => !isAboutCanary(decision))
    .flatMap(({ mode, because }) => because.map((finding) => ({ finding, mode })));
  return { findings, decisions: toCome(deliberation) };
};

/**
 * The court of one sweep. A page tells of no interfaces, so controls that ask for them judge by what they may be: a fact that was not
 * read never makes a violation vanish, and whether there is one is told by the look of on-change, which reads it. Where a control asks
 * for a fact whose extremes are not known (`twins`), every group is of concern.
 */
export const courtOf = (policy: Policy, occasion: Occasion, ceiling: Mode): Court => {
  const forOld = waitingForFacts(policy, ceiling, ['existing']);
  const forNew = waitingForFacts(policy, ceiling, ['fresh', 'existing']);
  const evaluator = evaluatorOf(policy);
  const mayBeBeside = mayOpenTogether(policy, evaluator);
  let withoutProtection: Court | undefined;
  /** The same without exemptions and runtime switch; made by the first question. */
  const unprotected = (): Court => {
    withoutProtection ??= courtOf(policy, { ...occasion, exemptions: [] }, 'enforce');
    return withoutProtection;
  };
  const judge: Court['judge'] = (group, known, vpcCidrs) => {
    const asOf = { ...occasion, known };
    const ages = agesOf(group.rules, asOf);
    const waiting = ages.fresh.size > 0 ? forNew : forOld;
    const by = (facts: Partial<Facts>, own: Evaluator): Consequences => {
      const found = findingsOf({ group, facts }, asOf, own, ages);
      return consequencesOf(found, group, asOf, { policy: own.policy, ceiling });
    };
    const read = by(vpcCidrs === undefined ? NO_FACTS : { vpcCidrs }, evaluator);
    const couldFire = waiting.controls.some((control) => control.couldFire?.(group) ?? true);
    const cases = couldFire ? imaginedFacts(group, waiting.needs, vpcCidrs) : [];
    const decisions = [...read.decisions, ...cases.flatMap((facts) => by(facts, waiting.evaluator).decisions)];
    return {
      findings: read.findings,
      concerns:
        waiting.isBlind ||
        decisions.some(({ mode }) => isLoud(mode)) ||
        (waiting.heedsNeighbours && mayBeBeside(group, ages.fresh)),
      closes: decisions.some((decision) => isClosing(decision) && !isAboutCanary(decision)),
    };
  };
  const isHarmless: Court['isHarmless'] = (group, known) => !unprotected().judge(group, known).concerns;
  return { judge, isHarmless, asksForCidrs: forOld.controls.some((control) => needsOf(control).includes('vpcCidrs')) };
};

/** The court as it stands now: live exemptions and the runtime switch are read once for a part. Throws CallFailed. */
export const assemble = async ({ policy, ports }: SweepCell): Promise<Court> => {
  const now = ports.clock.now();
  const [given, ceiling] = await Promise.all([ports.exemptions.all(), ports.switch.ceiling()]);
  const exemptions = exemptionsAt(now, policy, given);
  return courtOf(policy, { trigger: 'sweep', brought: { kind: 'unknown' }, now, exemptions }, ceiling);
};
