import type { News } from '../../domain/notifications/news.ts';
import { endOf, type Storm } from '../../domain/notifications/storm.ts';
import type { Done, ScheduleCell } from './cell.ts';

/**
 * One message for storms that were closed together. Named after when that was: should only some of them be known as told, what is told
 * of the others has the name of what people have already.
 */
const newsOf = (closedAt: number, storms: readonly Storm[]): Extract<News, { what: 'storm' }> => {
  const minutes = storms.map(({ minute }) => minute);
  const gists = storms.flatMap((storm) => storm.gists);
  return {
    id: `storm ${closedAt}`,
    what: 'storm',
    account: gists[0]?.account ?? '',
    from: Math.min(...minutes),
    until: endOf(Math.max(...minutes)),
    gists,
  };
};

/** Forgotten only after it is told: where it breaks off in between, the message goes out once more, by the same name. */
const tell = async (news: News, storms: readonly Storm[], { ports }: ScheduleCell): Promise<Done> => {
  await ports.notices.announce(news);
  await Promise.all(storms.map(async (storm) => await ports.storms.told(storm)));
  return { what: 'storm-told', id: news.id };
};

/** What people were not told one by one, as one message for all minutes that are over since the last. */
export const gathered = async (cell: ScheduleCell): Promise<readonly (() => Promise<Done>)[]> => {
  const storms = await cell.ports.storms.over();
  const together = Map.groupBy(storms, ({ closedAt }) => closedAt);
  return [...together].map(
    ([closedAt, some]) =>
      async () =>
        await tell(newsOf(closedAt, some), some, cell),
  );
};
