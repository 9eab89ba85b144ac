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

/** First what happened, then what it happened to. */
export const newsHeadline = (news: News): string => {
  switch (news.what) {
    case 'granted':
      return `${grantVerb(news.followUp)}: ${formatGroup(news.entry.plan.decision.group)}`;
    case 'answered':
      return `${news.answer.verdict === 'released' ? 'Released' : 'Declined'}: ${formatGroup(news.entry.plan.decision.group)}`;
    case 'migrated':
    case 'migration-stopped':
    case 'rolled-back':
      return `${VERBS[news.what]}: ${formatGroup(news.entry.plan.decision.group)}`;
    case 'exempted':
    case 'expiring':
    case 'expired':
    case 'exemption-ended':
      return `${VERBS[news.what]}: ${scopeText(news.exemption.scope)}`;
    case 'exemption-ignored':
      return `Exemption tags ignored: ${news.groupId}`;
    case 'budget-resumed':
      return `Budget resumed: ${goingOn(news.released)}`;
    case 'digest':
      return digestHeadline(news.tally);
    case 'sweep-held':
      return `NOT CLOSED, too much at once: a sweep of ${news.region} found rules to close in ${news.closing} of ${news.groups} groups`;
    default:
      return news satisfies never;
  }
};
