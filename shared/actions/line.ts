import type { Exemption } from '../domain/exemption.ts';
import type { Entry } from '../domain/ledger.ts';
import { remediationId } from '../domain/remediation-id.ts';
import type { RemediationEvent, RemediationLine } from '../domain/requests/command.ts';
import type { FollowUp } from '../domain/requests/follow-up.ts';
import type { Asked } from '../domain/requests/person.ts';
import { formatRule, plain } from '../network/text/format.ts';
import { withoutExempt } from '../policy/exempt.ts';
import { firstAcknowledgement } from './acknowledge.ts';

/** What an entry is listed with. */
export interface Surroundings {
  /** Entries that an answer may have led to, or come from. */
  readonly entries: readonly Entry[];
  /** Exemptions that hold now. */
  readonly exemptions: readonly Exemption[];
}

const said = ({ by, at }: Pick<Asked, 'by' | 'at'>) => ({ by: plain(by.name), at });

const KINDS = { restore: 'restored', narrow: 'narrowed', revert: 'reverted' } as const satisfies Record<
  FollowUp['kind'],
  RemediationEvent['what']
>;

function followUpEvent(followUp: FollowUp): RemediationEvent {
  const { kind, granted, refused, leave } = followUp;
  const rules = { rules: granted.length, refused: refused.length };
  return {
    what: KINDS[kind],
    ...said(followUp),
    ...rules,
    ...(leave && { exemptUntil: leave.until, owner: plain(leave.owner) }),
  };
}

/** The entry of the plan that a person's approval led to. Its rules were looked at again, so its plan is another one. */
function carriedOutAs({ plan }: Entry, entries: readonly Entry[]): Entry | undefined {
  return entries.find(
    (one) =>
      one.plan.id !== plan.id &&
      one.plan.change.released?.planId === plan.id &&
      one.plan.decision.group.id === plan.decision.group.id,
  );
}

function answerEvents(entry: Entry, { entries }: Surroundings): readonly RemediationEvent[] {
  const { answer } = entry;
  if (answer === undefined) return [];
  if (answer.verdict === 'declined') return [{ what: 'declined', ...said(answer) }];
  const next = carriedOutAs(entry, entries);
  return [{ what: 'approved', ...said(answer), ...(next && { as: remediationId(next.plan) }) }];
}

/** Of the plan that a person's approval led to: who approved, and the remediation that was approved. */
function approvalEvents({ plan }: Entry, { entries }: Surroundings): readonly RemediationEvent[] {
  const planId = plan.change.released?.planId;
  if (plan.released === undefined || planId === plan.id) return [];
  const before = entries.find((one) => one.plan.id === planId);
  return [{ what: 'approved', ...said(plan.released), ...(before && { from: remediationId(before.plan) }) }];
}

function exemptionEvents(
  { plan: { decision } }: Entry,
  { exemptions }: Surroundings,
  leaves: readonly RemediationEvent[],
): readonly RemediationEvent[] {
  const { group, rules, because } = decision;
  const controls = [...new Set(because.map(({ control }) => control))];
  const holdsFor = (one: Exemption) =>
    controls.some((control) => (withoutExempt({ ...group, rules }, control, [one])?.rules.length ?? 0) < rules.length);
  return exemptions
    .filter((one) => rules.length > 0 && holdsFor(one))
    .filter(({ until }) => !leaves.some((leave) => 'exemptUntil' in leave && leave.exemptUntil === until))
    .map((one) => ({ what: 'exempt', ...said(one), exemptUntil: one.until, owner: plain(one.owner) }));
}

/** What has become of a remediation since its plan was made, the oldest first. */
function eventsOf(entry: Entry, beside: Surroundings): readonly RemediationEvent[] {
  const acknowledged = firstAcknowledgement(entry);
  const followUps = entry.followUps.map(followUpEvent);
  return [
    ...(acknowledged === undefined ? [] : [{ what: 'acknowledged', ...said(acknowledged) } as const]),
    ...answerEvents(entry, beside),
    ...approvalEvents(entry, beside),
    ...followUps,
    ...exemptionEvents(entry, beside, followUps),
  ].toSorted((a, b) => a.at - b.at);
}

/** A held plan that a person let go is carried out under its own id: then the outcome is newer than the answer. */
function statusOf({ outcome, answer }: Entry): string {
  const isCarriedOut = outcome !== undefined && answer !== undefined && outcome.at > answer.at;
  return (isCarriedOut ? undefined : answer?.verdict) ?? outcome?.status ?? 'under way';
}

/** A remediation in a list. Pure. */
export function lineOf(entry: Entry, beside: Surroundings): RemediationLine {
  const { plan, outcome } = entry;
  const { group, rules, because } = plan.decision;
  const { actor, region } = plan.change;
  const name = actor?.name ?? actor?.arn;
  const status = statusOf(entry);
  return {
    id: remediationId(plan),
    at: plan.at,
    status,
    ...(status === 'failed' && { fault: plain(outcome?.fault?.message ?? 'EC2 refused') }),
    groupId: group.id,
    groupName: plain(group.name),
    region,
    controls: [...new Set(because.map(({ control }) => control))],
    rules: rules.map(formatRule),
    ...(name !== undefined && { actor: plain(name) }),
    events: eventsOf(entry, beside),
  };
}
