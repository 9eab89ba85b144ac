import { worldOpenTogether } from '../../controls/world-open-together.ts';
import { isAboutCanary } from '../../model/canary.ts';
import type { Decision } from '../../model/decision.ts';
import type { Group } from '../../model/group.ts';
import { lowerMode, type Mode } from '../../model/mode.ts';
import type { Policy } from '../../model/policy.ts';
import { exemptionsAt } from '../../policy/exempt.ts';
import { withControls } from '../../policy/with-controls.ts';
import { decide, type Occasion } from '../decide.ts';
import { enabledControls, evaluatorOf, needsOf } from '../enabled.ts';
import { isLoud } from '../loud.ts';
import { mayOpenTogether } from '../shared-interfaces.ts';
import type { SweepCell } from './cell.ts';
import { IMAGINED, imaginedFacts } from './imagine.ts';

/** What a sweep has to say of a group. */
export interface Verdict {
  /** By what was read, the observed ones too; the canary's are nobody's business. */
  readonly decisions: readonly Decision[];
  /** Whether anything may have to be closed, asked or told, whatever the facts that were not read. */
  readonly concerns: boolean;
  /** Whether rules may have to be closed. */
  readonly closes: boolean;
}

/** Judges groups by their page, and by the CIDR blocks of their VPC where those are known. */
export interface Court {
  readonly judge: (group: Group, vpcCidrs?: readonly string[]) => Verdict;
  /** Whether the CIDR blocks are worth a call: without them every private source might be the whole VPC. */
  readonly asksForCidrs: boolean;
}

/** How far a control goes with what was there before. */
const modeOf = (policy: Policy, control: string, ceiling: Mode): Mode =>
  lowerMode(policy.controls[control]?.existing ?? 'off', lowerMode(ceiling, policy.ceiling));

/**
 * Controls that do more than observe what was there before, and that the page alone does not suffice for. Which groups the control
 * about neighbours is worth a look for, the page does tell: see `mayOpenTogether`.
 */
const waitingForFacts = (policy: Policy, ceiling: Mode) =>
  enabledControls(policy, 'sweep').filter((control) => {
    return needsOf(control).some((need) => need !== 'neighbours') && isLoud(modeOf(policy, control.id, ceiling));
  });

const isClosing = ({ mode, rules }: Decision): boolean => mode === 'enforce' && rules.length > 0;

/**
 * The court of one sweep. A page tells of no interfaces, so controls that ask for them judge by what they may be: a fact that was not
 * read never makes a violation vanish, and whether there is one is told by the look of on-change, which reads it. Where a control asks
 * for a fact whose extremes are not known (`twins`), every group is of concern.
 */
export const courtOf = (policy: Policy, occasion: Occasion, ceiling: Mode): Court => {
  const waiting = waitingForFacts(policy, ceiling);
  const isBlind = waiting.some((control) => needsOf(control).some((need) => !IMAGINED.has(need)));
  const ids = new Set(waiting.map(({ id }) => id));
  const imagining = withControls(policy, (id) => ids.has(id));
  const [evaluator, imaginingEvaluator] = [evaluatorOf(policy), evaluatorOf(imagining)];
  const isBesideLoud = isLoud(modeOf(policy, worldOpenTogether.id, ceiling));
  const mayBeBeside = isBesideLoud ? mayOpenTogether(policy) : () => false;
  const asksForCidrs = waiting.some((control) => needsOf(control).includes('vpcCidrs'));
  const judge: Court['judge'] = (group, vpcCidrs) => {
    const known = vpcCidrs === undefined ? {} : { vpcCidrs };
    const decisions = decide({ group, facts: known }, occasion, policy, ceiling, evaluator);
    const cases = waiting.length === 0 ? [] : imaginedFacts(group, vpcCidrs);
    const possible = cases.flatMap((facts) =>
      decide({ group, facts }, occasion, imagining, ceiling, imaginingEvaluator),
    );
    const all = [...decisions, ...possible];
    const theirs = all.filter((decision) => !isAboutCanary(decision));
    return {
      decisions: decisions.filter((decision) => !isAboutCanary(decision)),
      concerns: isBlind || all.some(({ mode }) => isLoud(mode)) || mayBeBeside(group),
      closes: theirs.some(isClosing),
    };
  };
  return { judge, asksForCidrs };
};

/** The court as it stands now: live exemptions and the runtime switch are read once for a part. Throws CallFailed. */
export const assemble = async ({ policy, ports }: SweepCell): Promise<Court> => {
  const now = ports.clock.now();
  const [given, ceiling] = await Promise.all([ports.exemptions.all(), ports.switch.ceiling()]);
  const exemptions = exemptionsAt(now, policy, given);
  return courtOf(policy, { trigger: 'sweep', brought: { kind: 'unknown' }, now, exemptions }, ceiling);
};
