import { z } from 'zod';
import { isBlank } from '../../domain/notifications/visible-text.ts';

/** A text that says something, described in words that follow "expected". */
export const words = (what: string) =>
  z
    .string({ error: what })
    .regex(/\S/, { error: what, abort: true })
    .refine((text) => !isBlank(text), { error: what });

/** A list of something, described in the plural. */
export const listOf = <T extends z.ZodType>(element: T, what: string) =>
  z.array(element, { error: `a list of ${what}` }).optional();

/** A name of groups with `*` for anything, which must not take in every group. */
export const glob = z
  .string({ error: 'a name, with * for anything' })
  .regex(/[^*]/, { error: 'a name, with * for anything, that does not take in every group' });

/** A whole number between two, both included. */
export const numberBetween = (least: number, most: number) => {
  const error = `a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};

/** What is wrong with a section in itself, at a place within it, as a sentence. */
export interface SectionIssue {
  readonly path: readonly (string | number)[];
  readonly text: string;
}

/** An issue for each word of a list that stands in it before. */
export const repeated = (list: readonly string[], path: SectionIssue['path']): readonly SectionIssue[] =>
  list.flatMap((word, index) =>
    list.indexOf(word) < index ? [{ path: [...path, index], text: `${word} is there twice` }] : [],
  );

/** Adds the issues of a section to those of its schema. */
export const addIssues = (context: z.RefinementCtx, issues: readonly SectionIssue[]): void => {
  for (const { path, text } of issues)
    context.addIssue({ code: 'custom', path: [...path], message: text, params: { isSentence: true } });
};

/** Adds what is wrong with a section in itself, once its shape is right: a misspelt part is not told as a missing one, too. */
export const inItself =
  <T>(issuesOf: (section: T) => readonly SectionIssue[]) =>
  (section: T, context: z.RefinementCtx): void => {
    if (context.issues.length === 0) addIssues(context, issuesOf(section));
  };
