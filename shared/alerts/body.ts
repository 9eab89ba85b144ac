import { CONTROLS } from '../controls/registry.ts';
import { formatRule, plain } from '../exposure/format.ts';
import type { Actor, Change } from '../model/change.ts';
import type { Outcome, Plan } from '../model/decision.ts';
import type { Finding } from '../model/finding.ts';
import type { Rule } from '../model/rule.ts';

/** Rules listed before the rest is counted: a message for 1,000 rules stays far below SNS's 256 KiB. */
const MOST_RULES = 50;

const listed = (title: string, rules: readonly Rule[]): readonly string[] => {
  if (rules.length === 0) return [];
  const shown = rules.slice(0, MOST_RULES).map((rule) => `  ${formatRule(rule)}`);
  const more = rules.length > MOST_RULES ? [`  … and ${rules.length - MOST_RULES} more`] : [];
  return [`${title}:`, ...shown, ...more];
};

const who = ({ name, arn, sourceIp, tool, invokedBy }: Actor): string =>
  [plain(name ?? arn ?? 'unknown'), sourceIp && `from ${sourceIp}`, `with ${tool}`, invokedBy && `through ${invokedBy}`]
    .filter(Boolean)
    .join(' ');

const where = ({ plan }: Outcome): string =>
  [`account ${plan.change.account}`, plan.change.region, plan.decision.group.vpcId].filter(Boolean).join(', ');

const call = ({ call: name, actor, at }: Change): string =>
  `${name}${actor === undefined ? '' : ` by ${who(actor)}`}, ${new Date(at).toISOString()}`;

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

const ending = (outcome: Outcome): readonly string[] => {
  switch (outcome.status) {
    case 'done':
      return [
        `Closed to new connections ${sinceChange(outcome)}; tracked connections live on until they end.`,
        `Recorded, with what it takes to put the rules back, in the ledger as ${outcome.plan.id}.`,
      ];
    case 'reported':
      return ['Nothing was removed: the mode is alert.'];
    case 'pending':
      return [`Nothing was removed: the mode is approve. Recorded in the ledger as ${outcome.plan.id}.`];
    case 'held':
      return [
        'Nothing was removed: as many rules that were there before were removed within the hour as the policy allows.',
        `Recorded in the ledger as ${outcome.plan.id}. Nothing more of the kind is removed until a person lets it go on.`,
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
      ...listed('Removed, though somebody had changed it in the meantime; it may have to be put back by hand', drifted),
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
    'Why:',
    ...outcome.plan.decision.because.map(explain),
    ...rulesOf(outcome),
    ...outcome.plan.decision.limits.map(({ reason }) => `Held back: ${reason}.`),
    ...ending(outcome),
  ].join('\n');
