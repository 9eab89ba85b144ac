import { formatGroup } from '../exposure/format-group.ts';
import type { FollowUp } from '../model/follow-up.ts';
import type { News } from '../model/news.ts';
import { digestHeadline } from './digest-text.ts';
import { scopeText } from './exemption-text.ts';

/** What was granted, in one word. */
const GRANTED = {
  restore: 'Restored',
  'put-back': 'Put back',
  narrow: 'Granted something narrower',
  revert: 'Reverted',
} as const satisfies Record<FollowUp['kind'], string>;

/** The same where nothing was granted. */
const REFUSED = {
  restore: 'Not restored',
  'put-back': 'Not put back',
  narrow: 'Nothing narrower granted',
  revert: 'Not reverted',
} as const satisfies Record<FollowUp['kind'], string>;

const VERBS = {
  migrated: 'Migrated',
  'migration-stopped': 'Migration stopped',
  'rolled-back': 'Rolled back',
  exempted: 'Exempted',
  expiring: 'Exemption runs out within a day',
  expired: 'Exemption has run out',
  'exemption-ended': 'Exemption ended',
} as const;

const grantVerb = ({ kind, granted }: FollowUp): string => (granted.length > 0 ? GRANTED : REFUSED)[kind];

const goingOn = (plans: number): string => (plans === 1 ? '1 held plan goes on' : `${plans} held plans go on`);

/** News of what leave there is. */
type OfLeave = Extract<News, { readonly what: 'exempted' | 'expiring' | 'expired' | 'exemption-ended' }>;

/** News of remediations. */
type OfPlan = Extract<News, { readonly entry: unknown }>;

const planHeadline = (news: OfPlan): string => {
  const name = formatGroup(news.entry.plan.decision.group);
  if (news.what === 'granted') return `${grantVerb(news.followUp)}: ${name}`;
  if (news.what === 'answered') return `${news.answer.verdict === 'released' ? 'Released' : 'Declined'}: ${name}`;
  return `${VERBS[news.what]}: ${name}`;
};

const leaveHeadline = ({ what, exemption }: OfLeave): string => `${VERBS[what]}: ${scopeText(exemption.scope)}`;

/** First what happened, then what it happened to. */
export const newsHeadline = (news: News): string => {
  switch (news.what) {
    case 'granted':
    case 'answered':
    case 'migrated':
    case 'migration-stopped':
    case 'rolled-back':
      return planHeadline(news);
    case 'exempted':
    case 'expiring':
    case 'expired':
    case 'exemption-ended':
      return leaveHeadline(news);
    case 'exemption-ignored':
      return `Exemption tags ignored: ${news.groupId}`;
    case 'budget-resumed':
      return `Budget resumed: ${goingOn(news.released)}`;
    case 'digest':
      return digestHeadline(news.tally);
    case 'not-recorded':
      return `AWS Config does not record security groups as it should: account ${news.account}, ${news.region}`;
    case 'sweep-held':
      return `NOT CLOSED, too much at once: a sweep of ${news.region} found rules to close in ${news.closing} of ${news.groups} groups`;
    default:
      return news satisfies never;
  }
};
