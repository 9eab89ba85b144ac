import type { Change } from '../../domain/change.ts';
import type { Outcome, Plan } from '../../domain/decision.ts';
import type { Message } from '../../domain/notifications/message.ts';
import { originOf } from './origin.ts';
import { askedText, timeText, toolText, whoText } from './person.ts';
import type { Place } from './place.ts';
import { attachedText } from './text/attached.ts';
import { durationText } from './text/duration.ts';

/** One fact of a message. */
export type Fact = Message['facts'][number];

/** A fact, unless there is nothing to say. */
export const fact = (label: string, text: string | undefined): readonly Fact[] =>
  text === undefined || text === '' ? [] : [{ label, text }];

/** `shop-production (111122223333)`, or the number alone. */
export const accountText = (account: string, place: Place): string =>
  place.accountAlias !== undefined && account === place.account ? `${place.accountAlias} (${account})` : account;

/** Where it is. */
export const whereFacts = ({ decision, change }: Plan, place: Place): readonly Fact[] => [
  ...fact('Account', accountText(change.account, place)),
  ...fact('Region', change.region),
  ...fact('VPC', decision.group.vpcId),
];

/** Whether the change did not bring what was found: then whoever made it is not to blame. */
const isBystander = ({ decision }: Plan): boolean =>
  decision.rules.length === 0 || decision.because.every(({ freshness }) => freshness === 'existing');

/** Whether a look found a new rule whose own event has not come: nobody knows who added it, or when. */
const isWithoutEvent = (plan: Plan): boolean => plan.change.trigger === 'sweep' && !isBystander(plan);

/**
 * The call behind it, worded no further than the event reaches: an opening that was there before is not its doing, and a new
 * group's rules may have come by later calls of other people, whose events are still on their way.
 */
const callText = (plan: Plan): string => {
  const { change, decision } = plan;
  const call = `${change.call}, ${timeText(change.at)}`;
  if (isBystander(plan)) return decision.rules.length === 0 ? call : `${call} (which did not open it)`;
  if (isWithoutEvent(plan)) return `${call} (the rule is new; the event of the call that added it has not come)`;
  return change.trigger === 'group-created' ? `${call} (or a later call to the new group)` : call;
};

const whoFacts = ({ actor }: Change, isToBlame: boolean): readonly Fact[] =>
  actor === undefined
    ? []
    : [...fact(isToBlame ? 'Who' : 'Noticed at a call by', whoText(actor)), ...fact('With', toolText(actor))];

/** How long it was open, as far as the events tell; what is still open is open since then. */
const openText = ({ plan, status, at, removed }: Outcome): string | undefined => {
  if (plan.decision.rules.length === 0) return undefined;
  if (isBystander(plan)) return 'longer than the events tell: it was there before';
  if (isWithoutEvent(plan)) return undefined;
  if (status === 'done' && removed.length > 0)
    return `${durationText(at - plan.change.at)} (new connections; tracked ones live on until they end)`;
  return status === 'done' ? undefined : `since ${timeText(plan.change.at)}, still open`;
};

const ruleCounts = ({ plan, status, removed }: Outcome): string | undefined => {
  const { rules, others } = plan.decision;
  if (rules.length === 0) return undefined;
  const before = rules.length + others;
  return status === 'done' || removed.length > 0 ? `${before} before, ${before - removed.length} after` : `${before}`;
};

/** Who, with what, how long, what is attached, where: the most important first. */
export const factsOf = (outcome: Outcome, place: Place, owner: string | undefined): readonly Fact[] => {
  const { plan } = outcome;
  const { decision, change, released } = plan;
  return [
    ...whoFacts(change, !isBystander(plan)),
    ...fact('Open for', openText(outcome)),
    ...fact('Attached to', decision.attached && attachedText(decision.attached)),
    ...fact('Owner', owner),
    ...whereFacts(plan, place),
    ...fact('Rules', ruleCounts(outcome)),
    ...fact(isBystander(plan) || isWithoutEvent(plan) ? 'Noticed at' : 'Change', callText(plan)),
    ...fact('Made by', originOf(decision.group.tags)),
    ...fact('Released by', released && askedText(released)),
  ];
};
