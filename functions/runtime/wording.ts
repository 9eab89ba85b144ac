import { messageFor } from '../../shared/alerts/message.ts';
import { newsMessage } from '../../shared/alerts/news-message.ts';
import { type Notice, noticeOf } from '../../shared/alerts/notice.ts';
import type { Place } from '../../shared/alerts/place.ts';
import type { Outcome } from '../../shared/model/decision.ts';
import type { News } from '../../shared/model/news.ts';

/** What the topics are given of an outcome. */
export const noticeFor = (outcome: Outcome, place: Place): Notice => noticeOf(messageFor(outcome, place));

/** The same of news. */
export const newsFor = (news: News, place: Place): Notice => noticeOf(newsMessage(news, place));
