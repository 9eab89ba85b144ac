import { worstSeverity } from '../../domain/controls/finding.ts';
import type { Outcome } from '../../domain/decision.ts';
import { MESSAGE_KINDS, type Message } from '../../domain/notifications/message.ts';
import { aboutPlan } from './about.ts';
import { factsOf } from './facts.ts';
import { harmless } from './harmless.ts';
import { headlineOf } from './headline.ts';
import { kindOf } from './kind.ts';
import { listingsOf } from './outcome-listings.ts';
import type { Place } from './place.ts';
import { reasonsOf, whyWays } from './reasons.ts';
import { remarksOf } from './remarks.ts';
import { actionsOf, waysOf } from './ways.ts';

/**
 * The plan's id, apart from an outcome that may still end otherwise. What failed because of a change is news once more when the next
 * change brings it: a channel that was told of the first would take it for the same.
 */
const idOf = ({ plan, status }: Outcome): string => {
  if (status !== 'held' && status !== 'failed') return plan.id;
  const isBrought = plan.decision.because.some(({ freshness }) => freshness === 'fresh');
  return isBrought ? `${plan.id} ${status} ${plan.change.id}` : `${plan.id} ${status}`;
};

/** The message for an outcome. */
export const messageFor = (outcome: Outcome, place: Place): Message => {
  const { because } = outcome.plan.decision;
  const kind = kindOf(outcome);
  const about = aboutPlan(outcome.plan, place);
  return harmless({
    ...about,
    id: idOf(outcome),
    kind,
    urgency: MESSAGE_KINDS[kind].urgency,
    severity: worstSeverity(because),
    at: outcome.at,
    headline: headlineOf(outcome),
    facts: factsOf(outcome, place, about.owner),
    reasons: reasonsOf(because, place),
    listings: listingsOf(outcome),
    remarks: remarksOf(outcome),
    ways: [...waysOf(outcome), ...whyWays(because, place)],
    actions: actionsOf(outcome),
  });
};
