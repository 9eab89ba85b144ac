import type { Outcome } from '../../shared/domain/decision.ts';
import type { News } from '../../shared/domain/notifications/news.ts';
import { messageFor } from '../../shared/notifications/compose/message.ts';
import { newsMessage } from '../../shared/notifications/compose/news/message.ts';
import { type Notice, noticeOf } from '../../shared/notifications/compose/notice.ts';
import type { Place } from '../../shared/notifications/compose/place.ts';

/** What the topics are given of an outcome. */
export const noticeFor = (outcome: Outcome, place: Place): Notice => noticeOf(messageFor(outcome, place));

/** The same of news. */
export const newsFor = (news: News, place: Place): Notice => noticeOf(newsMessage(news, place));
