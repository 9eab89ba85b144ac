import type { Actor } from '../domain/change.ts';
import { type Outcome, remediationId } from '../domain/decision.ts';
import { worstSeverity } from '../domain/finding.ts';
import type { Rule } from '../domain/group.ts';
import type { ReportedOutcome } from '../domain/ports.ts';
import { truncate } from '../network/format.ts';
import { groupArn, ruleRecord } from './report.ts';
import { isoTime } from './text.ts';

/**
 * The source of Portcullis's events. No event rule of a cell matches it, so that an event cannot trigger
 * another.
 */
const EVENT_SOURCE = 'portcullis';

/** An event for EventBridge. */
export interface OwnEvent {
  readonly source: typeof EVENT_SOURCE;
  readonly detailType: 'Portcullis Remediation';
  /** JSON, by own-event.schema.json. */
  readonly detail: string;
  readonly resources: readonly string[];
}

/**
 * Greatest number of rules in an event. A rule takes less than 550 bytes with every text escaped and at its
 * limit, so 400 rules take 220 KB. EventBridge accepts 256 KB.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
 */
const MOST_RULES = 400;
const MOST_CONTROLS = 50;
const MOST_NAME_LENGTH = 300;
const MOST_SOURCE_LENGTH = 100;

/** The state of a rule after the outcome. */
function stateOf({ removed, alreadyGone, changed }: Outcome, { id }: Rule): string {
  const isIn = (rules: readonly Rule[]): boolean => rules.some((rule) => rule.id === id);
  if (isIn(removed)) return 'removed';
  if (isIn(changed)) return 'changed';
  return isIn(alreadyGone) ? 'already-gone' : 'open';
}

function rulesOf(outcome: Outcome): object {
  const { rules } = outcome.plan.decision;
  return {
    rules: rules.slice(0, MOST_RULES).map((rule) => {
      const { source, protocol, ...record } = ruleRecord(rule);
      return {
        ...record,
        protocol: truncate(protocol, MOST_NAME_LENGTH),
        source: truncate(source, MOST_SOURCE_LENGTH),
        fate: stateOf(outcome, rule),
      };
    }),
    rulesOmitted: Math.max(0, rules.length - MOST_RULES),
  };
}

function actorOf({ tool, ...texts }: Actor): object {
  return {
    tool,
    ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, truncate(text, MOST_NAME_LENGTH)])),
  };
}

function reasonsOf({ plan }: Outcome): object {
  const controls = new Map(
    plan.decision.findings.map(({ control, severity, freshness }) => [
      `${control} ${severity} ${freshness}`,
      { id: control, severity, freshness },
    ]),
  );
  return { severity: worstSeverity(plan.decision.findings), controls: [...controls.values()].slice(0, MOST_CONTROLS) };
}

function detailOf(outcome: ReportedOutcome): object {
  const { plan, caseId, status, fault, reopenLoop, at } = outcome;
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
    group: { id, name: truncate(name, MOST_NAME_LENGTH), ...(vpcId !== undefined && { vpcId }) },
    ...reasonsOf(outcome),
    ...rulesOf(outcome),
    change: {
      eventId: truncate(change.id, MOST_NAME_LENGTH),
      call: truncate(change.call, MOST_NAME_LENGTH),
      at: isoTime(change.at),
    },
    ...(change.actor && { actor: actorOf(change.actor) }),
    ...(reopenLoop && { fight: { times: reopenLoop.times, since: isoTime(reopenLoop.since) } }),
    ...(fault && { fault: truncate(fault.message, MOST_NAME_LENGTH) }),
    plannedAt: isoTime(plan.at),
    endedAt: isoTime(at),
  };
}

/**
 * An outcome as an event for the user's own integrations.
 *
 * @param partition the AWS partition of the account.
 */
export function ownEvent(outcome: ReportedOutcome, partition: string): OwnEvent {
  return {
    source: EVENT_SOURCE,
    detailType: 'Portcullis Remediation',
    detail: JSON.stringify(detailOf(outcome)),
    resources: [groupArn(outcome.plan.change, outcome.plan.decision.group.id, partition)],
  };
}
