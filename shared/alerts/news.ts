import { plain } from '../exposure/format.ts';
import type { Entry } from '../model/ledger.ts';
import type { News } from '../model/news.ts';
import type { Alert } from './alert.ts';
import { newsBody } from './news-body.ts';
import { newsHeadline } from './news-headline.ts';
import { asSubject } from './subject.ts';

type Attributes = Alert['attributes'];

const about = ({ plan }: Entry): Pick<Attributes, 'control' | 'account' | 'region'> => ({
  control: plan.decision.because[0]?.control ?? '',
  account: plan.change.account,
  region: plan.change.region,
});

const NOWHERE = { control: '', account: '', region: '' } as const;

/** What something needs a person for, or is about to close or has stopped, is worth more attention than what went as asked. */
const severityOf = ({ what }: News): Attributes['severity'] =>
  what === 'expiring' ||
  what === 'expired' ||
  what === 'migration-stopped' ||
  what === 'exemption-ignored' ||
  what === 'sweep-held' ||
  what === 'not-recorded'
    ? 'medium'
    : 'low';

const subjectOf = (news: News): Pick<Attributes, 'control' | 'account' | 'region'> => {
  if ('entry' in news) return about(news.entry);
  if ('exemption' in news) return { ...NOWHERE, ...news.exemption.place, control: news.exemption.scope.control ?? '' };
  if ('account' in news) return { ...NOWHERE, account: news.account, region: 'region' in news ? news.region : '' };
  return NOWHERE;
};

/** The message for something that people are told besides what became of a plan. */
export const newsFor = (news: News): Alert => {
  const head = plain(newsHeadline(news));
  return {
    subject: asSubject(head),
    text: `${head}\n\n${newsBody(news).join('\n')}\n`,
    attributes: { ...subjectOf(news), severity: severityOf(news), outcome: news.what },
    dedupId: news.id,
  };
};
