import type { FollowUp } from '../model/follow-up.ts';
import type { Entry } from '../model/ledger.ts';
import type { News } from '../model/news.ts';
import type { Rule } from '../model/rule.ts';
import { digestHeadline } from './digest-text.ts';
import { scopeText } from './exemption-text.ts';
import { groupText } from './group-text.ts';
import { openingText } from './opening.ts';
import { stormHeadline } from './storm-text.ts';

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

const goingOn = (plans: number): string => (plans === 1 ? '1 held plan goes on' : `${plans} held plans go on`);

const onGroup = (verb: string, { plan }: Entry, rules: readonly Rule[]): string => {
  const { because, group } = plan.decision;
  return rules.length === 0
    ? `${verb} ${groupText(group)}`
    : `${verb} ${openingText(rules, rules === plan.decision.rules ? because : [])} on ${groupText(group)}`;
};

const grantHeadline = (entry: Entry, { kind, granted, refused }: FollowUp): string =>
  granted.length > 0
    ? onGroup(GRANTED[kind], entry, granted)
    : onGroup(
        REFUSED[kind],
        entry,
        refused.map(({ rule }) => rule),
      );

/** Verb, port, group, or what else it happened to. */
export const newsHeadline = (news: News): string => {
  if ('exemption' in news) return `${VERBS[news.what]}: ${scopeText(news.exemption.scope)}`;
  switch (news.what) {
    case 'granted':
      return grantHeadline(news.entry, news.followUp);
    case 'answered': {
      const verb = news.answer.verdict === 'released' ? 'Released:' : 'Declined, stays open:';
      return onGroup(verb, news.entry, news.entry.plan.decision.rules);
    }
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
