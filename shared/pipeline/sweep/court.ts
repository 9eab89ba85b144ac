import { worldOpenTogether } from '../../controls/world-open-together.ts';
import { canonicalKey } from '../../exposure/canonical.ts';
import { isAboutCanary } from '../../model/canary.ts';
import type { Decision } from '../../model/decision.ts';
import type { Freshness } from '../../model/finding.ts';
import type { Group } from '../../model/group.ts';
import { higherMode, lowerMode, type Mode } from '../../model/mode.ts';
import type { Policy } from '../../model/policy.ts';
import { exemptionsAt } from '../../policy/exempt.ts';
import { withControls } from '../../policy/with-controls.ts';
import { type Deliberation, deliberate } from '../decide.ts';
import { enabledControls, evaluatorOf, needsOf } from '../enabled.ts';
import { isLoud } from '../loud.ts';
import type { Known, Occasion } from '../occasion.ts';
import { mayOpenTogether } from '../shared-interfaces.ts';
import type { SweepCell } from './cell.ts';
import { IMAGINED, imaginedFacts } from './imagine.ts';

/** What a sweep has to say of a group. */
export interface Verdict {
  /** By what was read, the observed ones too; the canary's are nobody's business. */
  readonly decisions: readonly Decision[];
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
    policy: narrowed,
    evaluator: evaluatorOf(narrowed),
    isBlind: controls.some((control) => needsOf(control).some((need) => !IMAGINED.has(need))),
    heedsNeighbours: isLoud(modeOf(policy, worldOpenTogether.id, ceiling, ages)),
  };
};

/** Closing these is what the share of a sweep limits. */
const isClosing = ({ mode, rules, because }: Decision): boolean =>
  mode === 'enforce' && rules.length > 0 && because.every(({ freshness }) => freshness === 'existing');

/** What may come of it: what people were told of before, and is left alone, does not. */
const toCome = ({ decisions, withheld }: Deliberation): readonly Decision[] => [
  ...decisions,
  ...withheld.flatMap(({ decision, why }) => (why === 'told-before' ? [] : [decision])),
];

const hasNew = ({ rules }: Group, known: Known): boolean =>
  known.kind === 'confirmed' && rules.some((rule) => !known.contents.has(canonicalKey(rule)));

/**
 * The court of one sweep. A page tells of no interfaces, so controls that ask for them judge by what they may be: a fact that was not
 * read never makes a violation vanish, and whether there is one is told by the look of on-change, which reads it. Where a control asks
 * for a fact whose extremes are not known (`twins`), every group is of concern.
 */
export const courtOf = (policy: Policy, occasion: Occasion, ceiling: Mode): Court => {
  const forOld = waitingForFacts(policy, ceiling, ['existing']);
  const forNew = waitingForFacts(policy, ceiling, ['fresh', 'existing']);
  const evaluator = evaluatorOf(policy);
  const mayBeBeside = mayOpenTogether(policy);
  let withoutProtection: Court | undefined;
  /** The same without exemptions and runtime switch; made by the first question. */
  const unprotected = (): Court => {
    withoutProtection ??= courtOf(policy, { ...occasion, exemptions: [] }, 'enforce');
    return withoutProtection;
  };
  const judge: Court['judge'] = (group, known, vpcCidrs) => {
    const facts = vpcCidrs === undefined ? {} : { vpcCidrs };
    const asOf = { ...occasion, known };
    const waiting = hasNew(group, known) ? forNew : forOld;
    const read = deliberate({ group, facts }, asOf, policy, ceiling, evaluator);
    const cases = waiting.controls.length === 0 ? [] : imaginedFacts(group, waiting.needs, vpcCidrs);
    const possible = cases.flatMap((imagined) =>
      toCome(deliberate({ group, facts: imagined }, asOf, waiting.policy, ceiling, waiting.evaluator)),
    );
    const all = [...toCome(read), ...possible];
    const theirs = all.filter((decision) => !isAboutCanary(decision));
    const decisions = [...read.decisions, ...read.withheld.map(({ decision }) => decision)];
    return {
      decisions: decisions.filter((decision) => !isAboutCanary(decision)),
      concerns:
        waiting.isBlind || all.some(({ mode }) => isLoud(mode)) || (waiting.heedsNeighbours && mayBeBeside(group)),
      closes: theirs.some(isClosing),
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
