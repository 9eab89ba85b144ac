import { CONTROLS } from '../controls/registry.ts';
import { formatGroup } from '../exposure/format-group.ts';
import type { Outcome } from '../model/decision.ts';
import { worstSeverity } from '../model/finding.ts';
import { bodyOf } from './body.ts';
import { asSubject } from './subject.ts';

/** A message for people. */
export interface Alert {
  /** At most 99 printable ASCII characters: what SNS takes as a subject. */
  readonly subject: string;
  readonly text: string;
  /** For subscription filter policies. */
  readonly attributes: Readonly<Record<'severity' | 'control' | 'account' | 'region' | 'outcome', string>>;
  /** A second message with the same one says nothing new. Of an outcome it is the plan's id, apart from one that may still end otherwise. */
  readonly dedupId: string;
}

/** What happened, in one word. */
const VERBS = {
  done: 'Closed',
  reported: 'Open',
  pending: 'Waiting for approval',
  held: 'NOT CLOSED, the budget is spent',
  failed: 'NOT CLOSED',
} as const satisfies Record<Outcome['status'], string>;

const titleOf = (id: string): string => CONTROLS.find((control) => control.id === id)?.title ?? id;

const verbOf = ({ plan, status, drifted, fight }: Outcome): string => {
  if (drifted.length > 0) return 'Closed, but not as planned';
  if (fight !== undefined) return `Closed again, it has come back ${fight.times} times`;
  return plan.decision.rules.length === 0 ? 'Found' : VERBS[status];
};

/** First the verb, then the group, then what it is about. */
const headline = (outcome: Outcome): string => {
  const { group, because } = outcome.plan.decision;
  const titles = [...new Set(because.map(({ control }) => titleOf(control)))].join('; ');
  return `${verbOf(outcome)}: ${formatGroup(group)}: ${titles}`;
};

/** The message for an outcome. */
export const alertFor = (outcome: Outcome): Alert => {
  const { plan, status } = outcome;
  const head = headline(outcome);
  return {
    subject: asSubject(head),
    text: `${head}\n\n${bodyOf(outcome)}\n`,
    attributes: {
      severity: worstSeverity(plan.decision.because),
      control: plan.decision.because[0]?.control ?? '',
      account: plan.change.account,
      region: plan.change.region,
      outcome: status,
    },
    dedupId: status === 'held' || status === 'failed' ? `${plan.id} ${status}` : plan.id,
  };
};
