import { CONTROLS } from '../../controls/registry.ts';
import { ACTION_NAMES, type Action, actionSpec, type OutcomeKind } from '../../domain/action.ts';
import { type Outcome, remediationId } from '../../domain/decision.ts';
import { RuleKeepsChanging } from '../../domain/errors.ts';
import { worstSeverity } from '../../domain/finding.ts';
import type { PostRemovalGrant } from '../../domain/ledger.ts';
import { type Listing, MESSAGE_KINDS, type Message, type MessageKind } from '../../domain/message.ts';
import type { Notification } from '../../domain/notification.ts';
import { explainSteps, type MessageContext, reasonsOf, subjectOfPlan } from './context.ts';
import { codeOrigin, outcomeFacts } from './facts.ts';
import { openingText } from './opening.ts';
import { sanitize } from './sanitize.ts';
import { actorText, groupText, ruleListing, timeText } from './text.ts';

/** The message about the outcome of a plan. */
export function outcomeMessage(outcome: Outcome, context: MessageContext): Message {
  const { findings } = outcome.plan.decision;
  const kind = outcomeKind(outcome);
  const about = subjectOfPlan(outcome.plan, context);
  return sanitize({
    ...about,
    id: messageIdOf(outcome),
    kind,
    urgency: MESSAGE_KINDS[kind].urgency,
    severity: worstSeverity(findings),
    at: outcome.at,
    headline: outcomeHeadline(outcome),
    facts: outcomeFacts(outcome, context, about.owner),
    reasons: reasonsOf(findings, context),
    listings: outcomeListings(outcome),
    remarks: outcomeRemarks(outcome),
    ways: [...outcomeNextSteps(outcome), ...explainSteps(findings, context)],
    actions: outcomeActions(outcome),
  });
}

/**
 * The plan's id, with the status if the plan may still end differently. If a later change opens the same
 * rules and fails too, the message has another id, because a channel ignores a second message with the same
 * id.
 */
function messageIdOf({ plan, status }: Outcome): string {
  if (status !== 'held' && status !== 'failed') return plan.id;
  const isBrought = plan.decision.findings.some(({ freshness }) => freshness === 'fresh');
  return isBrought ? `${plan.id} ${status} ${plan.change.id}` : `${plan.id} ${status}`;
}

const KIND_BY_STATUS = {
  done: 'closed',
  reported: 'open',
  pending: 'pending',
  held: 'held',
  failed: 'failed',
} as const satisfies Record<Outcome['status'], OutcomeKind & MessageKind>;

/** The kind of an outcome's message. A finding without rules counts as open, because nothing was closed. */
function outcomeKind({ plan, status, reopenLoop }: Outcome): OutcomeKind {
  if (status !== 'done') return KIND_BY_STATUS[status];
  if (reopenLoop !== undefined) return 'fight';
  return plan.decision.rules.length === 0 ? 'open' : 'closed';
}

const KIND_BY_FOLLOW_UP = {
  restore: 'restored',
  narrow: 'narrowed',
  revert: 'reverted',
} as const satisfies Record<PostRemovalGrant['kind'], MessageKind>;

/** The kind of a notification's message. */
export function notificationKind(notification: Notification): MessageKind {
  if (notification.what === 'answered') return notification.answer.verdict;
  if (notification.what !== 'granted') return notification.what;
  return notification.followUp.granted.length > 0 ? KIND_BY_FOLLOW_UP[notification.followUp.kind] : 'not-granted';
}

const OUTCOME_VERBS = {
  closed: 'Closed',
  open: 'Open:',
  pending: 'Waiting for approval:',
  held: 'NOT CLOSED, the budget is spent:',
  failed: 'NOT CLOSED:',
} as const satisfies Record<Exclude<OutcomeKind, 'fight'>, string>;

function titleOf(id: string): string {
  return CONTROLS.find((control) => control.id === id)?.title ?? id;
}

function verbOf(outcome: Outcome): string {
  const kind = outcomeKind(outcome);
  if (kind === 'fight') return `Closed again, it has come back ${outcome.reopenLoop?.times ?? 0} times:`;
  return kind === 'open' && outcome.plan.decision.rules.length === 0 ? 'Found:' : OUTCOME_VERBS[kind];
}

/**
 * The rules that the headline names: the removed ones, otherwise the open ones. Without rules, the titles of
 * the controls.
 */
function outcomeOpening({ plan, removed, status }: Outcome): string {
  const { rules, findings } = plan.decision;
  if (rules.length === 0) return [...new Set(findings.map(({ control }) => titleOf(control)))].join('; ');
  const isPart = status === 'done' && removed.length > 0;
  return openingText(isPart ? removed : rules, findings, plan.decision.group.id);
}

/** `Closed tcp/22 (SSH) from the world on sg-0… web`. */
function outcomeHeadline(outcome: Outcome): string {
  return `${verbOf(outcome)} ${outcomeOpening(outcome)} on ${groupText(outcome.plan.decision.group)}`;
}

/** The removed rules and the open ones. */
function outcomeListings({ plan, status, removed, alreadyGone, changed }: Outcome): readonly Listing[] {
  const { rules } = plan.decision;
  const gone = new Set([...removed, ...alreadyGone, ...changed].map(({ id }) => id));
  return [
    ...ruleListing('Removed', removed),
    ...ruleListing('Gone before, by somebody else', alreadyGone),
    ...ruleListing('Changed by somebody before they could be removed, and judged again as they are now', changed),
    ...(status === 'done'
      ? []
      : ruleListing(
          'Open',
          rules.filter(({ id }) => !gone.has(id)),
        )),
  ];
}

/** Most actors that a remark names. */
const MAX_ACTORS = 5;

function actorsText({ plan, reopenLoop }: Outcome): string {
  const actors = reopenLoop?.actors ?? [];
  if (actors.length === 0) return 'nobody that the events name';
  const more = actors.length > MAX_ACTORS ? `; and ${actors.length - MAX_ACTORS} more` : '';
  const origin = codeOrigin(plan.decision.group.tags);
  const code = origin === undefined ? '' : ` (the group's tags say: ${origin})`;
  return `${actors.slice(0, MAX_ACTORS).map(actorText).join('; ')}${more}${code}`;
}

/** A reopenLoop in words: how often, since when, by whom, and that it goes on being closed. */
function reopenLoopRemarks(outcome: Outcome): readonly string[] {
  const { reopenLoop } = outcome;
  if (reopenLoop === undefined) return [];
  return [
    `The same rule has come back ${reopenLoop.times} times since ${timeText(reopenLoop.since)}, by ${actorsText(outcome)}; closed again.`,
    `It goes on being closed each time; people are told again when it has come back ${reopenLoop.times * 2} times. Take it out where it comes from.`,
  ];
}

function otherRulesText(count: number): string {
  return count === 1 ? '1 other rule' : `${count === 0 ? 'no' : count} other rules`;
}

function doneRemarks({ plan, removed }: Outcome): readonly string[] {
  return [
    ...(plan.decision.rules.length > 0 ? [`Left as they were: ${otherRulesText(plan.decision.otherRuleCount)}.`] : []),
    ...(removed.length > 0 ? ['What was removed is on record, with what it takes to put it back.'] : []),
  ];
}

function failureText(fault: Outcome['fault']): string {
  return fault instanceof RuleKeepsChanging
    ? `${fault.message}. It is tried again.`
    : `EC2 refused: ${fault?.message ?? 'unknown'}.`;
}

function statusRemarks(outcome: Outcome): readonly string[] {
  switch (outcome.status) {
    case 'done':
      return doneRemarks(outcome);
    case 'reported':
      return ['Nothing was removed: the mode is alert.'];
    case 'pending':
      return ['Nothing was removed: it waits for a person.'];
    case 'held':
      return [
        'Nothing was removed: as many rules that were there before were removed within the hour as the policy allows. Until a person says so, nothing more of the kind is removed, and nobody is told of each.',
        'What changes bring is closed all the same.',
      ];
    case 'failed':
      return [`${failureText(outcome.fault)} The rules are still open.`];
    default:
      return outcome.status satisfies never;
  }
}

/** How the plan ended, and the limits on it. */
function outcomeRemarks(outcome: Outcome): readonly string[] {
  return [
    ...statusRemarks(outcome),
    ...reopenLoopRemarks(outcome),
    ...outcome.plan.decision.limits.map(({ reason }) => `Held back: ${reason}.`),
  ];
}

type NextStep = Message['ways'][number];

/** The buttons of an outcome: `restore` needs a removed rule, and `exempt` a rule. */
function outcomeActions(outcome: Outcome): readonly Action[] {
  const kind = outcomeKind(outcome);
  return ACTION_NAMES.filter((action) => {
    if (!actionSpec(action).offeredFor.includes(kind)) return false;
    if (action === 'restore') return outcome.removed.length > 0;
    return action !== 'exempt' || outcome.plan.decision.rules.length > 0;
  });
}

function restoreSteps(id: string): readonly NextStep[] {
  return [
    { label: 'Put the rules back', command: `portcullis restore ${id} --reason …` },
    {
      label: 'Put them back with an exemption, so that they stay',
      command: `portcullis restore ${id} --exempt-days DAYS --owner OWNER --reason …`,
    },
  ];
}

/** Most rules with a command of their own; `portcullis remediations` has the ids of all. */
const MAX_EXEMPTIONS = 5;

function exemptCommand(scope: string, { plan }: Outcome): string {
  return `portcullis exempt add ${scope} --group-region ${plan.change.region} --days DAYS --owner OWNER --reason …`;
}

/** One command for each rule. For a finding without rules, one for each control. */
function exemptSteps(outcome: Outcome): readonly NextStep[] {
  const { group, rules, findings } = outcome.plan.decision;
  const ids = rules.flatMap(({ id }) => id ?? []);
  const label = 'Ask for an exemption';
  if (rules.length === 0)
    return [...new Set(findings.map(({ control }) => control))].map((control) => ({
      label,
      command: exemptCommand(`--group ${group.id} --control ${control}`, outcome),
    }));
  return ids.slice(0, MAX_EXEMPTIONS).map((id) => ({
    label: ids.length === 1 ? label : `${label} of ${id}`,
    command: exemptCommand(`--rule ${id}`, outcome),
  }));
}

function answerSteps(id: string): readonly NextStep[] {
  return [
    { label: 'Let it go on', command: `portcullis approve ${id} --reason …` },
    { label: 'Leave it open', command: `portcullis decline ${id} --reason …` },
  ];
}

const RESUME_STEP: NextStep = { label: 'Let all that is held go on', command: 'portcullis resume --reason …' };

/** Commands that undo an outcome, answer it or request an exemption. */
function outcomeNextSteps(outcome: Outcome): readonly NextStep[] {
  const id = remediationId(outcome.plan);
  switch (outcome.status) {
    case 'done':
      return outcome.removed.length > 0 ? restoreSteps(id) : [];
    case 'pending':
      return [...answerSteps(id), ...exemptSteps(outcome)];
    case 'held':
      return [RESUME_STEP, ...answerSteps(id), ...exemptSteps(outcome)];
    case 'reported':
    case 'failed':
      return exemptSteps(outcome);
    default:
      return outcome.status satisfies never;
  }
}
