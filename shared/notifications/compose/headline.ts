import { CONTROLS } from '../../controls/registry.ts';
import type { Outcome } from '../../domain/decision.ts';
import { kindOf, type OutcomeKind } from './kind.ts';
import { openingText } from './opening.ts';
import { groupText } from './text/group.ts';

const VERBS = {
  closed: 'Closed',
  open: 'Open:',
  pending: 'Waiting for approval:',
  held: 'NOT CLOSED, the budget is spent:',
  failed: 'NOT CLOSED:',
} as const satisfies Record<Exclude<OutcomeKind, 'fight'>, string>;

const titleOf = (id: string): string => CONTROLS.find((control) => control.id === id)?.title ?? id;

const verbOf = (outcome: Outcome): string => {
  const kind = kindOf(outcome);
  if (kind === 'fight') return `Closed again, it has come back ${outcome.fight?.times ?? 0} times:`;
  return kind === 'open' && outcome.plan.decision.rules.length === 0 ? 'Found:' : VERBS[kind];
};

/** What the headline is about: the rules that went, or those that are still there. */
const openingOf = ({ plan, removed, status }: Outcome): string => {
  const { rules, because } = plan.decision;
  if (rules.length === 0) return [...new Set(because.map(({ control }) => titleOf(control)))].join('; ');
  const isPart = status === 'done' && removed.length > 0;
  return openingText(isPart ? removed : rules, because, plan.decision.group.id);
};

/** Verb, port, group: `Closed tcp/22 (SSH) from the world on sg-0… web`. */
export const headlineOf = (outcome: Outcome): string =>
  `${verbOf(outcome)} ${openingOf(outcome)} on ${groupText(outcome.plan.decision.group)}`;
