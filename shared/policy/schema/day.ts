import { z } from 'zod';
import { daysBetween, endOf, startOf } from '../days.ts';
import type { SectionIssue } from './word.ts';

/** What a date looks like, in words that follow "expected". */
export const A_DAY = 'a day such as 2026-12-31 (or a minute, 2026-12-31T18:00Z)';

/** A day or a minute. */
export const day = z.string({ error: A_DAY }).refine((text) => startOf(text) !== undefined, { error: A_DAY });

/** Issues of two dates: an end before the beginning, and more than `most` ms between them. */
export const spanIssues = (
  { from, until }: { readonly from: string; readonly until: string },
  most = Number.POSITIVE_INFINITY,
): readonly SectionIssue[] => {
  const [start, end] = [startOf(from), endOf(until)];
  if (start === undefined || end === undefined) return [];
  if (end <= start) return [{ path: ['until'], text: `${until} is before ${from}` }];
  if (end - start <= most) return [];
  return [{ path: ['until'], text: `${daysBetween(start, end)} days from ${from}, at most ${daysBetween(0, most)}` }];
};
