import { CONTROLS } from '../controls/registry.ts';
import type { Change } from '../model/change.ts';
import type { Outcome, Plan } from '../model/decision.ts';
import type { Finding } from '../model/finding.ts';
import { remediationId } from '../model/remediation-id.ts';
import { fightLines } from './fight.ts';
import { actorText, askedText, timeText } from './person.ts';
import { listed } from './rules-text.ts';

const where = ({ plan }: Outcome): string =>
  [`account ${plan.change.account}`, plan.change.region, plan.decision.group.vpcId].filter(Boolean).join(', ');

const call = ({ call: name, actor, at }: Change): string =>
  `${name}${actor === undefined ? '' : ` by ${actorText(actor)}`}, ${timeText(at)}`;

/**
 * The call behind it, worded no further than the event reaches: an opening that was there before is not its doing, and a new
 * group's rules may have come by later calls of other people, whose events are still on their way.
 */
const cause = ({ decision, change }: Plan): string => {
  if (decision.rules.length === 0) return `Noticed at: ${call(change)}`;
  if (decision.because.every(({ freshness }) => freshness === 'existing')) {
    return `Noticed at: ${call(change)} (which did not open it)`;
  }
  return `Change: ${call(change)}${change.trigger === 'group-created' ? ' (or a later call to the new group)' : ''}`;
};

const explain = (finding: Finding): string =>
  `  ${finding.control} (${finding.severity}, ${finding.freshness === 'fresh' ? 'this change' : 'there before'}): ${
    CONTROLS.find(({ id }) => id === finding.control)?.explain(finding) ?? ''
  }`;

const sinceChange = ({ plan, at }: Outcome): string =>
  `${((at - plan.change.at) / 1000).toFixed(1)} s after the change`;

/** Why nothing was removed of what only waits for a word, and the ways to give it. */
const waiting = (why: string, ...ways: readonly string[]): readonly string[] => [
  `Nothing was removed: ${why}`,
  ...ways.map((way) => `  portcullis ${way} --reason …`),
];

const done = (outcome: Outcome, id: string): readonly string[] => [
  `Closed to new connections ${sinceChange(outcome)}; tracked connections live on until they end.`,
  ...(outcome.removed.length > 0
    ? ['Recorded, with what it takes to put the rules back:', `  portcullis restore ${id} --reason …`]
    : []),
];

const ending = (outcome: Outcome): readonly string[] => {
  const id = remediationId(outcome.plan);
  switch (outcome.status) {
    case 'done':
      return done(outcome, id);
    case 'reported':
      return ['Nothing was removed: the mode is alert.'];
    case 'pending':
      return waiting('it waits for a person. To let it go on, or not:', `approve ${id}`, `decline ${id}`);
    case 'held':
      return [
        ...waiting(
          'as many rules that were there before were removed within the hour as the policy allows. Until a person says so, nothing more of the kind is removed, and nobody is told of each. To let all of it go on, or this alone:',
          'resume-budget',
          `approve ${id}`,
        ),
        'What changes bring is closed all the same.',
      ];
    case 'failed':
      return [`EC2 refused: ${outcome.fault?.message ?? 'unknown'}. The rules are still open.`];
    default:
      return outcome.status satisfies never;
  }
};

const others = (count: number): string => (count === 1 ? '1 other rule' : `${count === 0 ? 'no' : count} other rules`);

const rulesOf = ({ plan, status, removed, drifted }: Outcome): readonly string[] => {
  const asPlanned = removed.filter((rule) => !drifted.includes(rule));
  if (status === 'done') {
    return [
      ...listed('Removed', asPlanned),
      ...listed(
        'Removed, though somebody had changed it in the meantime; put back at once unless it is closed as it is',
        drifted,
      ),
      `Left as they were: ${others(plan.decision.others)}.`,
    ];
  }
  return [
    ...listed('Removed', removed),
    ...listed(
      'Open',
      plan.decision.rules.filter(({ id }) => !removed.some((rule) => rule.id === id)),
    ),
  ];
};

/** Everything below the headline: where, who, which rules, why, how it ended. */
export const bodyOf = (outcome: Outcome): string =>
  [
    `Where: ${where(outcome)}`,
    cause(outcome.plan),
    ...(outcome.plan.released === undefined ? [] : [`Released by: ${askedText(outcome.plan.released)}`]),
    ...fightLines(outcome),
    'Why:',
    ...outcome.plan.decision.because.map(explain),
    ...rulesOf(outcome),
    ...outcome.plan.decision.limits.map(({ reason }) => `Held back: ${reason}.`),
    ...ending(outcome),
  ].join('\n');
