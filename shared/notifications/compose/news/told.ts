import { afterExemptionText } from '../../../domain/after-exemption.ts';
import type { Message } from '../../../domain/notifications/message.ts';
import type { News } from '../../../domain/notifications/news.ts';
import { remediationId } from '../../../domain/remediation-id.ts';
import { type Fact, fact } from '../facts.ts';
import { lined, listed } from '../listing.ts';
import { askedText, timeText } from '../person.ts';
import { counted, digestListings } from '../text/digest.ts';
import { exemptionFacts } from '../text/exemption.ts';
import { grantListings, leaveRemarks } from '../text/granted.ts';
import { stormListings } from '../text/storm.ts';

/** What a news says below its headline, apart from where it is. */
export type Told = Partial<Pick<Message, 'listings' | 'remarks' | 'ways'>> & { readonly facts?: readonly Fact[] };

type Of<W extends News['what']> = Extract<News, { what: W }>;

const granted = ({ entry, followUp }: Of<'granted'>): Told => ({
  facts: fact('By', askedText(followUp)),
  listings: grantListings(entry, followUp),
  remarks: leaveRemarks(followUp),
});

const answered = ({ entry, answer }: Of<'answered'>): Told => {
  const { rules, remedy } = entry.plan.decision;
  const next =
    remedy === 'migrate'
      ? 'The migration begins.'
      : 'The group is looked at again, and what is to be closed is decided anew.';
  return {
    facts: fact('By', askedText(answer)),
    listings: listed('Open', rules),
    remarks: [answer.verdict === 'released' ? next : 'Its rules stay open.'],
  };
};

const acknowledged = ({ entry, asked }: Of<'acknowledged'>): Told => ({
  facts: fact('By', askedText(asked)),
  listings: listed('It is about', entry.plan.decision.rules),
  remarks: ['Somebody is at it; nothing has changed by that.'],
});

const migration = ({ what, entry, because }: Of<'migrated' | 'migration-stopped' | 'rolled-back'>): Told => ({
  listings: lined(what === 'migration-stopped' ? 'What stopped it' : 'Steps', because),
  ways:
    what === 'migrated'
      ? [{ label: 'Take it back', command: `portcullis roll-back ${remediationId(entry.plan)} --reason …` }]
      : [],
});

const exemption = ({
  what,
  exemption: one,
  afterwards,
  others = 0,
}: Of<'exempted' | 'expiring' | 'expired' | 'exemption-ended'>): Told => {
  const facts = [
    ...exemptionFacts(one),
    ...fact(
      'Besides',
      others > 0 ? `${counted(others, 'other rule')} of the same remediation, the same way` : undefined,
    ),
  ];
  switch (what) {
    case 'exempted':
      return {
        facts,
        remarks: [afterExemptionText(afterwards, 'ends')],
        ways: [{ label: 'End it', command: `portcullis exempt revoke ${one.id} --reason …` }],
      };
    case 'expiring':
      return {
        facts,
        remarks: [afterExemptionText(afterwards, 'ends')],
        ways: [{ label: 'Let it run on', command: `portcullis exempt renew ${one.id} --days DAYS --reason …` }],
      };
    case 'expired':
    case 'exemption-ended':
      return { facts, remarks: [afterExemptionText(afterwards, 'has ended')] };
    default:
      return what satisfies never;
  }
};

const ignored = ({ groupId, others, because, asked }: Of<'exemption-ignored'>): Told => ({
  facts: [
    ...fact('Group', `${groupId}${others > 0 ? `, and ${others} more groups and rules by the same call` : ''}`),
    ...fact('Tagged by', askedText(asked)),
    ...fact('Why it does not count', because),
  ],
  remarks: ['Nothing is exempt by it.'],
});

const sweepHeld = ({ sweepShare }: Of<'sweep-held'>): Told => ({
  remarks: [
    `The policy lets a sweep close in ${Number((sweepShare * 100).toFixed(3))} % of its groups (budget.sweepShare). So nothing that was there before was removed, and nobody is told of each.`,
    'What changes bring is closed all the same.',
  ],
  ways: [
    { label: 'See them', command: 'portcullis remediations --held' },
    { label: 'Let all of it go on', command: 'portcullis resume --reason …' },
    { label: 'Let one go on', command: 'portcullis approve ID --reason …' },
  ],
});

const notRecorded = ({ because }: Of<'not-recorded'>): Told => ({
  listings: lined('What is wrong', because),
  remarks: [
    'Until then the rules of AWS Config tell what was true once, or nothing. Events and the sweep close all the same.',
  ],
  ways: [{ label: 'See whether it is put right', command: 'portcullis preflight' }],
});

const storm = ({ from, until, gists }: Of<'storm'>): Told => ({
  facts: [...fact('From', timeText(from)), ...fact('Until', timeText(until))],
  listings: stormListings(gists),
  remarks: ['Each is on record; those of critical severity were told one by one.'],
  ways: [{ label: 'See all of them', command: 'portcullis remediations --most 500' }],
});

/** Everything below the headline of a news. */
export const newsTold = (news: News): Told => {
  if ('exemption' in news) return exemption(news);
  switch (news.what) {
    case 'granted':
      return granted(news);
    case 'answered':
      return answered(news);
    case 'acknowledged':
      return acknowledged(news);
    case 'migrated':
    case 'migration-stopped':
    case 'rolled-back':
      return migration(news);
    case 'exemption-ignored':
      return ignored(news);
    case 'budget-resumed':
      return {
        facts: fact('By', askedText(news.asked)),
        remarks: ['Each of their groups is looked at again, and what is to be closed is decided anew.'],
      };
    case 'digest':
      return {
        listings: digestListings(news.tally),
        remarks: [
          'Judged by the rules alone, as the sweep has read them: what takes more than that, such as whether anything uses a group, is not in it.',
        ],
        ways: [{ label: 'See all of it', command: 'portcullis scan' }],
      };
    case 'not-recorded':
      return notRecorded(news);
    case 'sweep-held':
      return sweepHeld(news);
    case 'storm':
      return storm(news);
    default:
      return news satisfies never;
  }
};
