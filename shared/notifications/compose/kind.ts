import type { Outcome } from '../../domain/decision.ts';
import type { MessageKind } from '../../domain/notifications/message.ts';
import type { News } from '../../domain/notifications/news.ts';
import type { FollowUp } from '../../domain/requests/follow-up.ts';

/** What the message of an outcome can be about. */
export type OutcomeKind = (typeof BY_STATUS)[Outcome['status']] | 'fight';

const BY_STATUS = {
  done: 'closed',
  reported: 'open',
  pending: 'pending',
  held: 'held',
  failed: 'failed',
} as const satisfies Record<Outcome['status'], MessageKind>;

/** What the message of an outcome is about. What is still open comes first; where there was nothing to close, nothing was closed. */
export const kindOf = ({ plan, status, fight }: Outcome): OutcomeKind => {
  if (status !== 'done') return BY_STATUS[status];
  if (fight !== undefined) return 'fight';
  return plan.decision.rules.length === 0 ? 'open' : 'closed';
};

const GRANTED = {
  restore: 'restored',
  narrow: 'narrowed',
  revert: 'reverted',
} as const satisfies Record<FollowUp['kind'], MessageKind>;

/** What the message of a news is about. */
export const newsKind = (news: News): MessageKind => {
  if (news.what === 'answered') return news.answer.verdict;
  if (news.what !== 'granted') return news.what;
  return news.followUp.granted.length > 0 ? GRANTED[news.followUp.kind] : 'not-granted';
};
