import type { z } from 'zod';
import type { Path } from './yaml-text.ts';

/** A hint such as ` (did you mean preset?)`, or an empty text if no known word is near. Ignores case. */
export function didYouMean(word: string, known: readonly string[]): string {
  if (word.length > 100) return '';
  const [nearest] = known
    .map((candidate) => ({ candidate, off: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, off }) => off <= Math.max(2, Math.floor(candidate.length / 3)))
    .toSorted((a, b) => a.off - b.off);
  return nearest === undefined ? '' : ` (did you mean ${nearest.candidate}?)`;
}

/** Levenshtein distance of two words. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1];
    for (const [j, other] of Array.from(b).entries()) {
      const replaced = Number(row[j]) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, Number(row[j + 1]) + 1, Number(next[j]) + 1));
    }
    row = next;
  }
  return Number(row.at(-1));
}

type Issue = z.core.$ZodIssue;

/** The keys that the map at a path may have. */
export type KnownKeys = (path: Path) => readonly string[];

/** A problem in words, and its path. */
export interface SchemaProblem {
  readonly path: Path;
  readonly text: string;
}

/** Turns the issues of the schema into sentences. */
export function schemaProblems(issues: readonly Issue[], policy: unknown, known: KnownKeys): readonly SchemaProblem[] {
  return issues.flatMap(unfold).flatMap((issue) => problemsOf(issue, policy, known));
}

/** Replaces an issue of a union with the issues of the branch that the author probably meant. */
function unfold(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const intended = issue.errors.find((branch) => branch.length > 0 && branch.every(isInsideBranch));
  return intended === undefined
    ? [issue]
    : intended.flatMap((inner) => unfold({ ...inner, path: [...issue.path, ...inner.path] }));
}

/** Whether an issue is inside the branch of a union, so that the branch itself was probably intended. */
function isInsideBranch(issue: Issue): boolean {
  return issue.path.length > 0 || ['unrecognized_keys', 'too_small', 'custom'].includes(issue.code);
}

function problemsOf(issue: Issue, policy: unknown, known: KnownKeys): readonly SchemaProblem[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key, known(path)));
  const value = valueAt(policy, path);
  const place = path.length === 0 ? '' : `${dotted(path)}: `;
  if (value === undefined) return [{ path, text: `${place}missing, expected ${issue.message}` }];
  if (issue.code === 'custom' && issue.params?.['isSentence'] === true)
    return [{ path, text: `${place}${issue.message}` }];
  const hint = typeof value === 'string' ? didYouMean(value, choicesOf(issue)) : '';
  return [{ path, text: `${place}expected ${issue.message}, not ${valueText(value)}${hint}` }];
}

function unknownKey(path: Path, key: string, known: readonly string[]): SchemaProblem {
  const what = path.length === 1 && path[0] === 'controls' ? 'a control' : 'a setting';
  const hint = didYouMean(key, known) || ` (known: ${known.join(', ')})`;
  return { path: [...path, key], text: `${dotted([...path, key])} is not ${what}${hint}` };
}

function dotted(path: Path): string {
  return path.map(String).join('.');
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (part, key) =>
      typeof part === 'object' && part !== null && Object.hasOwn(part, key) ? Reflect.get(part, key) : undefined,
    value,
  );
}

function choicesOf(issue: Issue): readonly string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  return issue.code === 'invalid_union' ? issue.errors.flat().flatMap(choicesOf) : [];
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a map';
  const text = value === null ? 'nothing' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
