import type { Outcome } from '../../domain/decision.ts';
import type { Action, Message } from '../../domain/notifications/message.ts';
import { remediationId } from '../../domain/remediation-id.ts';
import { kindOf, type OutcomeKind } from './kind.ts';

type Way = Message['ways'][number];

/** What a press of a button can answer to an outcome. */
const ACTIONS: Readonly<Record<OutcomeKind, readonly Action[]>> = {
  closed: ['restore', 'exempt'],
  fight: ['restore', 'exempt', 'acknowledge'],
  open: ['exempt', 'acknowledge'],
  pending: ['approve', 'decline', 'exempt'],
  held: ['approve', 'decline', 'exempt'],
  failed: ['acknowledge'],
};

/** Buttons under an outcome: there is nothing to restore where nothing was removed, and no rule to exempt where none is named. */
export const actionsOf = (outcome: Outcome): readonly Action[] =>
  ACTIONS[kindOf(outcome)].filter((action) => {
    if (action === 'restore') return outcome.removed.length > 0;
    return action !== 'exempt' || outcome.plan.decision.rules.length > 0;
  });

const restore = (id: string): readonly Way[] => [
  { label: 'Put the rules back', command: `portcullis restore ${id} --reason …` },
  {
    label: 'Put them back with an exemption, so that they stay',
    command: `portcullis restore ${id} --exempt-days DAYS --owner OWNER --reason …`,
  },
];

/** Most rules whose exemption is told: of more, `portcullis remediations` names the ids. */
const MOST_EXEMPTIONS = 5;

const exempting = (scope: string, { plan }: Outcome): string =>
  `portcullis exempt add ${scope} --group-region ${plan.change.region} --days DAYS --owner OWNER --reason …`;

/** Each covers one rule. Where there is none, the control that says something about the group. */
const exempt = (outcome: Outcome): readonly Way[] => {
  const { group, rules, because } = outcome.plan.decision;
  const ids = rules.flatMap(({ id }) => id ?? []);
  const label = 'Ask for an exemption';
  if (rules.length === 0)
    return [...new Set(because.map(({ control }) => control))].map((control) => ({
      label,
      command: exempting(`--group ${group.id} --control ${control}`, outcome),
    }));
  return ids.slice(0, MOST_EXEMPTIONS).map((id) => ({
    label: ids.length === 1 ? label : `${label} of ${id}`,
    command: exempting(`--rule ${id}`, outcome),
  }));
};

const answer = (id: string): readonly Way[] => [
  { label: 'Let it go on', command: `portcullis approve ${id} --reason …` },
  { label: 'Leave it open', command: `portcullis decline ${id} --reason …` },
];

const resume: Way = { label: 'Let all that is held go on', command: 'portcullis resume --reason …' };

/** Commands that undo an outcome or answer it, and how to ask for an exemption. */
export const waysOf = (outcome: Outcome): readonly Way[] => {
  const id = remediationId(outcome.plan);
  switch (outcome.status) {
    case 'done':
      return outcome.removed.length > 0 ? restore(id) : [];
    case 'pending':
      return [...answer(id), ...exempt(outcome)];
    case 'held':
      return [resume, ...answer(id), ...exempt(outcome)];
    case 'reported':
    case 'failed':
      return exempt(outcome);
    default:
      return outcome.status satisfies never;
  }
};
