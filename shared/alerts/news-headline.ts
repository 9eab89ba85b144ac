import { formatGroup } from '../exposure/format-group.ts';
import type { FollowUp } from '../model/follow-up.ts';
import type { News } from '../model/news.ts';
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

/** First what happened, then what it happened to. */
export const newsHeadline = (news: News): string => {
  switch (news.what) {
    case 'granted': {
      const { kind, granted } = news.followUp;
      const verb = (granted.length > 0 ? GRANTED : REFUSED)[kind];
      return `${verb}: ${formatGroup(news.entry.plan.decision.group)}`;
    }
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
      return `Budget resumed: ${news.released === 1 ? '1 held plan goes on' : `${news.released} held plans go on`}`;
    default:
      return news satisfies never;
  }
};
