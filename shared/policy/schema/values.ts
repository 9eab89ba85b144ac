import { z } from 'zod';
import { isBlank } from '../../domain/message.ts';
import { daysBetween, endOf, startOf } from '../dates.ts';
import { PORT_PATTERN, readPorts } from '../notation.ts';

/** A name of groups with `*` for anything, which must not take in every group. */
export const glob = z
  .string({ error: 'a name, with * for anything' })
  .regex(/[^*]/, { error: 'a name, with * for anything, that does not take in every group' });

const A_PORT = 'a port such as 22, 5900-5906 or udp/11211';

/** One entry of a list of ports. */
export const port = z.union(
  [
    z.int({ error: A_PORT }).min(0, { error: A_PORT, abort: true }).max(65_535, { error: A_PORT, abort: true }),
    z
      .string({ error: A_PORT })
      .regex(PORT_PATTERN, { error: A_PORT, abort: true })
      .refine((entry) => readPorts(entry) !== undefined, { error: A_PORT, abort: true }),
  ],
  { error: A_PORT },
);

const A_PRINCIPAL = 'the ARN of a user or role, with * for anything, such as arn:aws:iam::111122223333:role/deploy-*';

/** The first part of the name must not be left open: `role/*` would be everybody, `assumed-role/*` with a session's name, too. */
const FORM = /^arn:[^:]*:(?:iam|sts)::[^:]*:(?:root|(?:user|role|assumed-role|federated-user)\/\**[^*/].*)$/;

/** A glob of ARNs of principals that does not take in everybody. */
export const principal = z.string({ error: A_PRINCIPAL }).regex(FORM, { error: A_PRINCIPAL });

/** What a date looks like, in words that follow "expected". */
export const A_DAY = 'a day such as 2026-12-31 (or a minute, 2026-12-31T18:00Z)';

/** A day or a minute. */
export const day = z.string({ error: A_DAY }).refine((text) => startOf(text) !== undefined, { error: A_DAY });

/** A text that says something, described in words that follow "expected". */
export function words(what: string) {
  return z
    .string({ error: what })
    .regex(/\S/, { error: what, abort: true })
    .refine((text) => !isBlank(text), { error: what });
}

/** A list of something, described in the plural. */
export function listOf<T extends z.ZodType>(element: T, what: string) {
  return z.array(element, { error: `a list of ${what}` }).optional();
}

/** A whole number between two, both included. */
export function numberBetween(least: number, most: number) {
  const error = `a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

/** What is wrong with a section in itself, at a place within it, as a sentence. */
export interface SectionIssue {
  readonly path: readonly (string | number)[];
  readonly text: string;
}

/** An issue for each word of a list that stands in it before. */
export function repeated(list: readonly string[], path: SectionIssue['path']): readonly SectionIssue[] {
  return list.flatMap((word, index) =>
    list.indexOf(word) < index ? [{ path: [...path, index], text: `${word} is there twice` }] : [],
  );
}

/** Adds the issues of a section to those of its schema. */
export function addIssues(context: z.RefinementCtx, issues: readonly SectionIssue[]): void {
  for (const { path, text } of issues)
    context.addIssue({ code: 'custom', path: [...path], message: text, params: { isSentence: true } });
}

/** Adds what is wrong with a section in itself, once its shape is right: a misspelt part is not told as a missing one, too. */
export function refinedBy<T>(issuesOf: (section: T) => readonly SectionIssue[]) {
  return (section: T, context: z.RefinementCtx): void => {
    if (context.issues.length === 0) addIssues(context, issuesOf(section));
  };
}

/** Issues of two dates: an end before the beginning, and more than `most` ms between them. */
export function spanIssues(
  { from, until }: { readonly from: string; readonly until: string },
  most = Number.POSITIVE_INFINITY,
): readonly SectionIssue[] {
  const [start, end] = [startOf(from), endOf(until)];
  if (start === undefined || end === undefined) return [];
  if (end <= start) return [{ path: ['until'], text: `${until} is before ${from}` }];
  if (end - start <= most) return [];
  return [{ path: ['until'], text: `${daysBetween(start, end)} days from ${from}, at most ${daysBetween(0, most)}` }];
}
