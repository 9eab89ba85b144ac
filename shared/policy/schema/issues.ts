import type { z } from 'zod';
import type { Path } from './problem.ts';
import { didYouMean } from './suggest.ts';

type Issue = z.core.$ZodIssue;

/** What is wrong, in words, and where. */
export interface Finding {
  readonly path: Path;
  readonly text: string;
}

/** Keys that a place may have, by its path. */
export type KnownKeys = (path: Path) => readonly string[];

const dotted = (path: Path): string => path.map(String).join('.');

const shown = (value: unknown): string => {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a map';
  const text = value === null ? 'nothing' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (part, key) =>
      typeof part === 'object' && part !== null && Object.hasOwn(part, key) ? Reflect.get(part, key) : undefined,
    value,
  );

/** Whether an issue says that a union's branch was meant, but something within it is wrong. */
const isWithin = (issue: Issue): boolean =>
  issue.path.length > 0 || ['unrecognized_keys', 'too_small', 'custom'].includes(issue.code);

/** The issues of the branch that was meant, or the issue itself where none was. */
const unfold = (issue: Issue): readonly Issue[] => {
  if (issue.code !== 'invalid_union') return [issue];
  const meant = issue.errors.find((branch) => branch.length > 0 && branch.every(isWithin));
  return meant === undefined
    ? [issue]
    : meant.flatMap((inner) => unfold({ ...inner, path: [...issue.path, ...inner.path] }));
};

const choicesOf = (issue: Issue): readonly string[] => {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  return issue.code === 'invalid_union' ? issue.errors.flat().flatMap(choicesOf) : [];
};

const unknownKey = (path: Path, key: string, known: readonly string[]): Finding => {
  const what = path.length === 1 && path[0] === 'controls' ? 'a control' : 'a setting';
  const hint = didYouMean(key, known) || ` (known: ${known.join(', ')})`;
  return { path: [...path, key], text: `${dotted([...path, key])} is not ${what}${hint}` };
};

const describe = (issue: Issue, policy: unknown, known: KnownKeys): readonly Finding[] => {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key, known(path)));
  const value = valueAt(policy, path);
  const place = path.length === 0 ? '' : `${dotted(path)}: `;
  if (value === undefined) return [{ path, text: `${place}missing, expected ${issue.message}` }];
  if (issue.code === 'custom' && issue.params?.['isSentence'] === true)
    return [{ path, text: `${place}${issue.message}` }];
  const hint = typeof value === 'string' ? didYouMean(value, choicesOf(issue)) : '';
  return [{ path, text: `${place}expected ${issue.message}, not ${shown(value)}${hint}` }];
};

/** The schema's issues with a policy in words. */
export const findings = (issues: readonly Issue[], policy: unknown, known: KnownKeys): readonly Finding[] =>
  issues.flatMap(unfold).flatMap((issue) => describe(issue, policy, known));
