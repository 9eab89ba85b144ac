import { z } from 'zod';
import type { Freeze } from '../../domain/controls/policy.ts';
import { endOf, minuteOfDay, startOf, WEEKDAYS } from '../days.ts';
import { A_DAY, spanIssues } from './day.ts';
import { addIssues, type SectionIssue, words } from './word.ts';

const A_TIME = 'a time of day (UTC) such as 18:00';

const A_DATE = `${A_DAY}, and with days ${A_TIME}`;

const time = z.string({ error: A_DATE }).min(1, { error: A_DATE });

interface Written {
  readonly days?: readonly (typeof WEEKDAYS)[number][] | undefined;
  readonly from: string;
  readonly until: string;
  readonly reason: string;
}

const notRead = (one: Written, isRead: (text: string) => boolean, expected: string): readonly SectionIssue[] =>
  (['from', 'until'] as const)
    .filter((name) => !isRead(one[name]))
    .map((name) => ({ path: [name], text: `expected ${expected}, not ${JSON.stringify(one[name])}` }));

const issuesOf = (one: Written): readonly SectionIssue[] =>
  one.days === undefined
    ? [...notRead(one, (text) => startOf(text) !== undefined, A_DAY), ...spanIssues(one)]
    : notRead(one, (text) => minuteOfDay(text) !== undefined, A_TIME);

/** One freeze: from a day to a day, or each week. */
export const freezeSchema = z
  .strictObject(
    {
      days: z
        .array(z.enum(WEEKDAYS, { error: `a day (${WEEKDAYS.join(', ')})` }), { error: 'a list of days' })
        .min(1, { error: 'at least one day' })
        .optional()
        .describe('Each week on these days; absent: once.'),
      from: time.describe('The first day; with days, the time at which it begins (UTC).'),
      until: time.describe(
        'The last day; with days, the time at which it ends, on the next day where that is earlier.',
      ),
      reason: words('why, in words').describe('Why nothing is to change.'),
    },
    { error: 'a map of days, from, until and reason' },
  )
  .superRefine((freeze, context) => {
    addIssues(context, issuesOf(freeze));
  });

/** The freezes of a valid section. */
export const compileFreezes = (written: readonly Written[]): readonly Freeze[] =>
  written.map(({ days, from, until, reason }) =>
    days === undefined
      ? { kind: 'dates', from: startOf(from) ?? 0, until: endOf(until) ?? 0, reason }
      : {
          kind: 'weekly',
          days: days.map((day) => WEEKDAYS.indexOf(day)).toSorted((a, b) => a - b),
          fromMinute: minuteOfDay(from) ?? 0,
          untilMinute: minuteOfDay(until) ?? 0,
          reason,
        },
  );
