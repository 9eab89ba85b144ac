import { z } from 'zod';
import { isBlank } from '../../domain/message.ts';
import { daysBetween, endOf, startOf } from '../dates.ts';
import { PORT_PATTERN, readPorts } from '../notation.ts';

/** A glob of group names that does not match every group. */
export const glob = z
  .string({ error: 'a name, with * for anything' })
  .regex(/[^*]/, { error: 'a name, with * for anything, that does not match every group' });

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

/** The name must not start with an open glob: `role/*` and `assumed-role/*` would match everyone. */
const FORM = /^arn:[^:]*:(?:iam|sts)::[^:]*:(?:root|(?:user|role|assumed-role|federated-user)\/\**[^*/].*)$/;

/** A glob of principal ARNs that does not match everyone. */
export const principal = z.string({ error: A_PRINCIPAL }).regex(FORM, { error: A_PRINCIPAL });

/** The form of a date. Follows "expected" in messages. */
export const A_DAY = 'a day such as 2026-12-31 (or a minute, 2026-12-31T18:00Z)';

/** A day or a minute. */
export const day = z.string({ error: A_DAY }).refine((text) => startOf(text) !== undefined, { error: A_DAY });

/** A text that is not blank. `what` follows "expected" in messages. */
export function words(what: string) {
  return z
    .string({ error: what })
    .regex(/\S/, { error: what, abort: true })
    .refine((text) => !isBlank(text), { error: what });
}

/** An optional list. `what` names its elements in the plural. */
export function listOf<T extends z.ZodType>(element: T, what: string) {
  return z.array(element, { error: `a list of ${what}` }).optional();
}

/** A whole number in an inclusive range. */
export function numberBetween(min: number, max: number) {
  const error = `a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

/** A problem in a section that the schema cannot express: its path within the section, and a sentence. */
export interface SectionIssue {
  readonly path: readonly (string | number)[];
  readonly text: string;
}

/** An issue for each repeated element of a list. */
export function repeated(list: readonly string[], path: SectionIssue['path']): readonly SectionIssue[] {
  return list.flatMap((word, index) =>
    list.indexOf(word) < index ? [{ path: [...path, index], text: `${word} is listed twice` }] : [],
  );
}

/** Adds the issues of a section to those of its schema. */
export function addIssues(context: z.RefinementCtx, issues: readonly SectionIssue[]): void {
  for (const { path, text } of issues)
    context.addIssue({ code: 'custom', path: [...path], message: text, params: { isSentence: true } });
}

/** Adds the issues of a section if its shape is valid, so that a misspelt key causes one message. */
export function refinedBy<T>(issuesOf: (section: T) => readonly SectionIssue[]) {
  return (section: T, context: z.RefinementCtx): void => {
    if (context.issues.length === 0) addIssues(context, issuesOf(section));
  };
}

/** Issues of a period that ends before it starts or is longer than `maxMs`. */
export function spanIssues(
  { from, until }: { readonly from: string; readonly until: string },
  maxMs = Number.POSITIVE_INFINITY,
): readonly SectionIssue[] {
  const [start, end] = [startOf(from), endOf(until)];
  if (start === undefined || end === undefined) return [];
  if (end <= start) return [{ path: ['until'], text: `${until} is before ${from}` }];
  if (end - start <= maxMs) return [];
  return [{ path: ['until'], text: `${daysBetween(start, end)} days from ${from}, at most ${daysBetween(0, maxMs)}` }];
}
