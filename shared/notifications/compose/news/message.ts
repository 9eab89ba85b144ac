import { worstSeverity } from '../../../domain/controls/finding.ts';
import { type Exemption, isForEveryGroup } from '../../../domain/exemption.ts';
import { MESSAGE_KINDS, type Message } from '../../../domain/notifications/message.ts';
import type { News } from '../../../domain/notifications/news.ts';
import { aboutPlan, aliasOf, groupThread } from '../about.ts';
import { accountText, type Fact, fact, whereFacts } from '../facts.ts';
import { harmless } from '../harmless.ts';
import { newsKind } from '../kind.ts';
import { groupLinks, linksIn } from '../links.ts';
import type { Place } from '../place.ts';
import { reasonsOf } from '../reasons.ts';
import { isByOpener, newsHeadline } from './headline.ts';
import { newsTold } from './told.ts';

/** What something needs a person for, or is about to close or has stopped, is worth more attention than what went as asked. */
const WORTH_ATTENTION: ReadonlySet<News['what']> = new Set([
  'expiring',
  'expired',
  'migration-stopped',
  'exemption-ignored',
  'not-recorded',
  'sweep-held',
]);

/** Whether somebody should check at once what was asked for: it leaves open more than one rule, or the person who opened a rule did it alone. */
const isAlarming = (news: News): boolean =>
  isByOpener(news) || (news.what === 'exempted' && isForEveryGroup(news.exemption.scope));

const severityOf = (news: News): Message['severity'] => {
  if (news.what === 'storm') return worstSeverity(news.gists);
  if (isAlarming(news)) return 'high';
  return WORTH_ATTENTION.has(news.what) ? 'medium' : 'low';
};

type About = Pick<Message, 'thread' | 'account' | 'region' | 'controls' | 'links' | 'reasons' | 'facts'> &
  Partial<Message>;

const placed = (account: string, region: string, place: Place): readonly Fact[] => [
  ...fact('Account', accountText(account, place)),
  ...fact('Region', region),
];

/** Of a group that is known by its id alone, or of the account where it is about none. */
const aboutPlace = (
  { account, region }: Pick<Place, 'account' | 'region'>,
  groupId: string | undefined,
  place: Place,
): About => ({
  thread: groupId === undefined ? account : groupThread(account, region, groupId),
  account,
  ...aliasOf(account, place),
  region,
  controls: [],
  links: groupId === undefined ? [] : groupLinks(region, groupId, linksIn(place)),
  reasons: [],
  facts: placed(account, region, place),
});

/** Of all regions. */
const aboutAccount = (account: string, place: Place): About => ({
  ...aboutPlace({ account, region: place.region }, undefined, place),
  facts: fact('Account', accountText(account, place)),
});

/** The ledger's have a place, those of the policy file are about the account. */
const aboutExemption = ({ scope, place: where }: Exemption, place: Place): About => ({
  ...(where === undefined ? aboutAccount(place.account, place) : aboutPlace(where, scope.groupId, place)),
  controls: scope.control === undefined ? [] : [scope.control],
});

const about = (news: News, place: Place): About => {
  if ('entry' in news) {
    const { plan } = news.entry;
    const facts = whereFacts(plan, place);
    return { ...aboutPlan(plan, place), reasons: reasonsOf(plan.decision.because, place), facts };
  }
  if ('exemption' in news) return aboutExemption(news.exemption, place);
  if ('groupId' in news) return aboutPlace(place, news.groupId, place);
  if ('region' in news) return aboutPlace(news, undefined, place);
  return aboutAccount('account' in news ? news.account : place.account, place);
};

/** Failures and what waits for a person call people, also those that were not told one by one; and so does what is alarming. */
const urgencyOf = (news: News): Message['urgency'] => {
  const isCalling =
    news.what === 'storm' && news.gists.some(({ status }) => status !== 'done' && status !== 'reported');
  return isCalling || isAlarming(news) ? 'call' : MESSAGE_KINDS[newsKind(news)].urgency;
};

/** The message for something that people are told besides what became of a plan. */
export const newsMessage = (news: News, place: Place): Message => {
  const { facts, ...told } = newsTold(news);
  const { facts: where, ...known } = about(news, place);
  return harmless({
    ...known,
    id: news.id,
    kind: newsKind(news),
    urgency: urgencyOf(news),
    severity: severityOf(news),
    at: place.now,
    headline: newsHeadline(news),
    facts: [...(facts ?? []), ...where],
    listings: [],
    remarks: [],
    ways: [],
    ...told,
    actions: [],
  });
};
