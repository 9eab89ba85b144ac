import type { Entry } from '../../../domain/ledger.ts';
import type { News } from '../../../domain/notifications/news.ts';
import type { FollowUp } from '../../../domain/requests/follow-up.ts';
import type { Rule } from '../../../domain/rule.ts';
import { openingText } from '../opening.ts';
import { digestHeadline } from '../text/digest.ts';
import { scopeText } from '../text/exemption.ts';
import { groupText } from '../text/group.ts';
import { stormHeadline } from '../text/storm.ts';

/** What was granted, in one word. */
const GRANTED = {
  restore: 'Restored',
  narrow: 'Granted something narrower:',
  revert: 'Reverted:',
} as const satisfies Record<FollowUp['kind'], string>;

/** The same where nothing was granted. */
const REFUSED = {
  restore: 'Not restored:',
  narrow: 'Nothing narrower granted:',
  revert: 'Not reverted:',
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

/** Whether the person who opened a rule had it opened again, exempted, or left open. */
export const isByOpener = (news: News): boolean => {
  if (news.what === 'granted') return news.followUp.ownChange === true;
  if (news.what === 'answered') return news.answer.ownChange === true;
  return news.what === 'exempted' && (news.exemption.renewed?.at(-1) ?? news.exemption).ownChange === true;
};

const BY_OPENER = ' by the person who opened it:';

const goingOn = (plans: number): string => (plans === 1 ? '1 held plan goes on' : `${plans} held plans go on`);

const onGroup = (verb: string, { plan }: Entry, rules: readonly Rule[]): string => {
  const { because, group } = plan.decision;
  return rules.length === 0
    ? `${verb} ${groupText(group)}`
    : `${verb} ${openingText(rules, rules === plan.decision.rules ? because : [], group.id)} on ${groupText(group)}`;
};

const grantHeadline = (entry: Entry, { kind, granted, refused, ownChange }: FollowUp): string =>
  granted.length > 0
    ? onGroup(ownChange ? GRANTED[kind] + BY_OPENER : GRANTED[kind], entry, granted)
    : onGroup(
        REFUSED[kind],
        entry,
        refused.map(({ rule }) => rule),
      );

const exemptionHeadline = (news: Extract<News, { readonly exemption: unknown }>): string => {
  const verb = isByOpener(news) ? VERBS[news.what] + BY_OPENER : `${VERBS[news.what]}:`;
  return `${verb} ${scopeText(news.exemption.scope)}`;
};

const answerVerb = (news: Extract<News, { what: 'answered' }>): string => {
  if (news.answer.verdict === 'released') return 'Released:';
  return isByOpener(news) ? 'Declined by the person who opened it, stays open:' : 'Declined, stays open:';
};

/** Verb, port, group, or what else it happened to. */
export const newsHeadline = (news: News): string => {
  if ('exemption' in news) return exemptionHeadline(news);
  switch (news.what) {
    case 'granted':
      return grantHeadline(news.entry, news.followUp);
    case 'answered':
      return onGroup(answerVerb(news), news.entry, news.entry.plan.decision.rules);
    case 'acknowledged':
      return onGroup(`Acknowledged by ${news.asked.by.name}:`, news.entry, news.entry.plan.decision.rules);
    case 'migrated':
    case 'migration-stopped':
    case 'rolled-back':
      return `${VERBS[news.what]}: ${groupText(news.entry.plan.decision.group)}`;
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
    case 'storm':
      return stormHeadline(news.gists);
    default:
      return news satisfies never;
  }
};
