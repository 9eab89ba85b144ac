import type { Change, Trigger } from '../change.ts';
import type { Group } from '../group.ts';
import type { Rule } from '../rule.ts';
import type { RuleExposure } from './exposure.ts';
import type { Facts, Need } from './facts.ts';
import type { Finding, Severity } from './finding.ts';
import type { ControlOptions, NarrowTo } from './options.ts';

/** A group under evaluation, with the facts that the control declared. */
export interface Subject<N extends Need = never> {
  readonly group: Group;
  readonly facts: Pick<Facts, N>;
  readonly trigger: Change['trigger'];
  /** Rules that the change at hand brought. */
  readonly fresh: ReadonlySet<Rule>;
  /** What the group's rules let in, added up: shared by all controls that see the same rules. */
  readonly exposure: RuleExposure;
}

/** What every control says of itself. */
interface ControlMeta<O extends ControlOptions> {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  /** Kinds of change that can cause a violation. */
  readonly on: readonly Trigger[];
  readonly defaults: O;
  /** Whether its severity grows and shrinks with how far the internet reaches what the group is attached to. */
  readonly graded?: boolean;
  /** Ids of controls to which it leaves the ports that they name, and the openings that are too wide for one of them. */
  readonly leavesTo?: readonly string[];
  /** What may be granted in place of a rule that it closes; absent: nothing, so that the remedy `narrow` is none for it. */
  readonly narrows?: readonly NarrowTo[];
  /** Whether the members of the group can be moved to another one, so that the remedy `migrate` is one for it. */
  readonly migrates?: boolean;
  /** Whether it looks after the cell itself: presets leave its modes as they are. */
  readonly own?: true;
  /** Whether it can judge with such options; a control that cannot asks for no facts. Absent: always. */
  runs?(options: O): boolean;
  /**
   * Whether it could fire for a group, whatever the facts about the group are. Absent: it could fire for every group.
   * A sweep evaluates controls with hypothetical facts only for groups for which they could fire.
   */
  couldFire?(group: Group): boolean;
  /** One line: what is open, to whom. */
  explain(finding: Finding): string;
}

/** One control: a pure judgement over one group. One file each, together with its docs and cases. */
export interface Control<N extends Need = never, O extends ControlOptions = ControlOptions> extends ControlMeta<O> {
  readonly needs: Readonly<Record<N, true>>;
  evaluate(subject: Subject<N>, options: O): readonly Finding[];
}

/** Any control, as the pipeline runs them: it gives each the facts and the options that belong to it. */
export interface AnyControl extends ControlMeta<ControlOptions> {
  readonly needs: Readonly<Partial<Record<Need, true>>>;
  evaluate(subject: Subject<Need>, options: ControlOptions): readonly Finding[];
}
