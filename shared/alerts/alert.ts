import { CONTROLS } from '../controls/registry.ts';
import { plain } from '../exposure/format.ts';
import type { Outcome } from '../model/decision.ts';
import { type Finding, SEVERITIES, type Severity } from '../model/finding.ts';
import { bodyOf } from './body.ts';

/** A message for people. */
export interface Alert {
  /** At most 99 printable ASCII characters: what SNS takes as a subject. */
  readonly subject: string;
  readonly text: string;
  /** For subscription filter policies. */
  readonly attributes: Readonly<Record<'severity' | 'control' | 'account' | 'region' | 'outcome', string>>;
  /** The plan's id: a second message with the same one says nothing new. */
  readonly dedupId: string;
}

const worst = (findings: readonly Finding[]): Severity =>
  SEVERITIES.findLast((severity) => findings.some((finding) => finding.severity === severity)) ?? 'low';

/** What happened, in one word. */
const VERBS = {
  done: 'Closed',
  reported: 'Open',
  pending: 'Waiting for approval',
  held: 'NOT CLOSED, the budget is spent',
  failed: 'NOT CLOSED',
} as const satisfies Record<Outcome['status'], string>;

const titleOf = (id: string): string => CONTROLS.find((control) => control.id === id)?.title ?? id;

/** First the verb, then the group, then what it is about. */
const headline = ({ plan, status, drifted }: Outcome): string => {
  const { group, because } = plan.decision;
  const verb =
    drifted.length > 0 ? 'Closed, but not as planned' : plan.decision.rules.length === 0 ? 'Found' : VERBS[status];
  const titles = [...new Set(because.map(({ control }) => titleOf(control)))].join('; ');
  const name = plain(group.name);
  return `${verb}: ${name === '' ? group.id : `${name} (${group.id})`}: ${titles}`;
};

/**
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html (Subject: ASCII, under 100 characters, no line breaks)
 */
const asSubject = (text: string): string => {
  const ascii = text.replaceAll(/[^\x20-\x7e]/g, '?');
  return ascii.length < 100 ? ascii : `${ascii.slice(0, 96)}...`;
};

/** The message for an outcome. */
export const alertFor = (outcome: Outcome): Alert => {
  const { plan, status } = outcome;
  const head = headline(outcome);
  return {
    subject: asSubject(head),
    text: `${head}\n\n${bodyOf(outcome)}\n`,
    attributes: {
      severity: worst(plan.decision.because),
      control: plan.decision.because[0]?.control ?? '',
      account: plan.change.account,
      region: plan.change.region,
      outcome: status,
    },
    dedupId: plan.id,
  };
};
