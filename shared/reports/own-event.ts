import type { Actor } from '../domain/change.ts';
import { worstSeverity } from '../domain/controls/finding.ts';
import type { Outcome } from '../domain/decision.ts';
import type { Reported } from '../domain/ports.ts';
import { remediationId } from '../domain/remediation-id.ts';
import type { Rule } from '../domain/rule.ts';
import { clipped } from '../network/text/clipped.ts';
import { groupArn } from './group-arn.ts';
import { isoTime } from './iso-time.ts';
import { ruleRecord } from './records.ts';

/** Where our own events come from: no rule of a cell matches it, so that none sets off another. */
const EVENT_SOURCE = 'portcullis';

/** What EventBridge is given of an outcome. */
export interface OwnEvent {
  readonly source: typeof EVENT_SOURCE;
  readonly detailType: 'Portcullis Remediation';
  /** JSON, by own-event.schema.json. */
  readonly detail: string;
  /** ARNs. */
  readonly resources: readonly string[];
}

/**
 * Rules that one event lists. With every text at its limit and escaped, one takes less than 550 bytes: 400 are 220 KB, and EventBridge
 * takes 256.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
 */
const MOST_RULES = 400;
const MOST_CONTROLS = 50;
const NAME = 300;
const SOURCE = 100;

/** What became of a rule. */
const fateOf = ({ removed, alreadyGone, changed }: Outcome, { id }: Rule): string => {
  const isIn = (rules: readonly Rule[]): boolean => rules.some((rule) => rule.id === id);
  if (isIn(removed)) return 'removed';
  if (isIn(changed)) return 'changed';
  return isIn(alreadyGone) ? 'already-gone' : 'open';
};

const rulesOf = (outcome: Outcome): object => {
  const { rules } = outcome.plan.decision;
  return {
    rules: rules.slice(0, MOST_RULES).map((rule) => {
      const { source, protocol, ...record } = ruleRecord(rule);
      return {
        ...record,
        protocol: clipped(protocol, NAME),
        source: clipped(source, SOURCE),
        fate: fateOf(outcome, rule),
      };
    }),
    rulesOmitted: Math.max(0, rules.length - MOST_RULES),
  };
};

const actorOf = ({ tool, ...texts }: Actor): object => ({
  tool,
  ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, clipped(text, NAME)])),
});

const reasonsOf = ({ plan }: Outcome): object => {
  const controls = new Map(
    plan.decision.because.map(({ control, severity, freshness }) => [
      `${control} ${severity} ${freshness}`,
      { id: control, severity, freshness },
    ]),
  );
  return { severity: worstSeverity(plan.decision.because), controls: [...controls.values()].slice(0, MOST_CONTROLS) };
};

const detailOf = (outcome: Reported): object => {
  const { plan, caseId, status, fault, fight, at } = outcome;
  const { change, decision } = plan;
  const { id, name, vpcId } = decision.group;
  return {
    version: 1,
    planId: plan.id,
    caseId,
    remediationId: remediationId(plan),
    status,
    mode: decision.mode,
    account: change.account,
    region: change.region,
    group: { id, name: clipped(name, NAME), ...(vpcId !== undefined && { vpcId }) },
    ...reasonsOf(outcome),
    ...rulesOf(outcome),
    change: { eventId: clipped(change.id, NAME), call: clipped(change.call, NAME), at: isoTime(change.at) },
    ...(change.actor && { actor: actorOf(change.actor) }),
    ...(fight && { fight: { times: fight.times, since: isoTime(fight.since) } }),
    ...(fault && { fault: clipped(fault.message, NAME) }),
    plannedAt: isoTime(plan.at),
    endedAt: isoTime(at),
  };
};

/**
 * An outcome as an event for whoever wants to build on it.
 *
 * @param partition AWS's partition of the account.
 */
export const ownEvent = (outcome: Reported, partition: string): OwnEvent => ({
  source: EVENT_SOURCE,
  detailType: 'Portcullis Remediation',
  detail: JSON.stringify(detailOf(outcome)),
  resources: [groupArn(outcome.plan.change, outcome.plan.decision.group.id, partition)],
});
