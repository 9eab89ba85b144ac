import path from 'node:path';
import { codeOf } from './ambient.ts';
import { importedFiles, type SourceFile } from './source-files.ts';

/** Import cycles: sets of files that import each other, directly or through others. Type imports count. */
export function importCycles(sources: readonly SourceFile[]): readonly (readonly string[])[] {
  const graph = new Map(sources.map((source) => [source.file, importedFiles(source)]));
  /** Position at which the depth-first search found a file. */
  const found = new Map<string, number>();
  const stack: string[] = [];
  const cycles: (readonly string[])[] = [];
  // Tarjan's algorithm for strongly connected components.
  const visit = (file: string): number => {
    const position = found.size;
    found.set(file, position);
    const depth = stack.push(file) - 1;
    let lowest = position;
    for (const next of graph.get(file) ?? []) {
      if (!graph.has(next)) continue;
      if (!found.has(next)) lowest = Math.min(lowest, visit(next));
      else if (stack.includes(next)) lowest = Math.min(lowest, found.get(next) ?? lowest);
    }
    if (lowest === position) {
      const members = stack.splice(depth);
      if (members.length > 1 || (graph.get(file) ?? []).includes(file)) cycles.push(members.toSorted());
    }
    return lowest;
  };
  for (const file of graph.keys()) if (!found.has(file)) visit(file);
  return cycles;
}

/**
 * Folders with more entries than `most`, each as `FOLDER: NUMBER`. An entry is a TypeScript file or a folder.
 */
export function crowdedFolders(files: readonly string[], most: number): readonly string[] {
  const entries = new Map<string, Set<string>>();
  for (const file of files) {
    for (let entry = file; path.posix.dirname(entry) !== '.'; entry = path.posix.dirname(entry)) {
      const folder = path.posix.dirname(entry);
      entries.set(folder, (entries.get(folder) ?? new Set()).add(entry));
    }
  }
  return [...entries].filter(([, { size }]) => size > most).map(([folder, { size }]) => `${folder}: ${size}`);
}

/** Files with fewer lines than `least` that exactly one other file imports. */
export function tinyFiles(sources: readonly SourceFile[], least: number): readonly string[] {
  const importers = new Map<string, Set<string>>();
  for (const source of sources)
    for (const target of importedFiles(source))
      if (target !== source.file) importers.set(target, (importers.get(target) ?? new Set()).add(source.file));
  return sources
    .filter(({ file, text }) => lineCount(text) < least && importers.get(file)?.size === 1)
    .map(({ file }) => file);
}

function lineCount(text: string): number {
  return text.replace(/\n$/, '').split('\n').length;
}

/**
 * The code of a source, or nothing if the pattern does not even match the source with its comments and
 * strings.
 */
function codeMatching(text: string, pattern: RegExp): string {
  return text.search(pattern) === -1 ? '' : codeOf(text);
}

const EXPORTED_TYPE = /^export (?:declare )?(?:abstract )?(?:interface|type|class|enum) (\w+)/gm;

/**
 * Exported type names that several files declare, each as `NAME: FILES`. Classes and enumerations are types,
 * too.
 */
export function repeatedTypes(sources: readonly SourceFile[]): readonly string[] {
  const declarations = sources.flatMap(({ file, text }) =>
    Array.from(codeMatching(text, EXPORTED_TYPE).matchAll(EXPORTED_TYPE), ([, name = '']) => ({ name, file })),
  );
  return [...Map.groupBy(declarations, ({ name }) => name)]
    .filter(([, { length }]) => length > 1)
    .map(([name, all]) => `${name}: ${all.map(({ file }) => file).join(', ')}`);
}

/** A line that holds a comment and no code, with the comment's text. */
const COMMENT_LINE = /^\s*(?:\/\/|\/\*\*?|\*)\s?(.*)$/;

/** A comment that no line break can shorten: a single word, or a source with its place on the page. */
const UNBREAKABLE = /^(?:@see .*|https?:.*|\S+(?: \*\/)?)$/;

/** Comment lines with more characters than `most`, each as `FILE:LINE`. */
export function longComments({ file, text }: SourceFile, most: number): readonly string[] {
  return text.split('\n').flatMap((line, index) => {
    const [, comment] = COMMENT_LINE.exec(line) ?? [];
    const isTooLong = comment !== undefined && line.length > most && !UNBREAKABLE.test(comment.trim());
    return isTooLong ? [`${file}:${index + 1}`] : [];
  });
}

/** A constant without a declared type, up to the first sign of its value that can begin an arrow function. */
const CONSTANT = /^(?:export )?const (\w+) =\s+(?:async )?(?:(function\b)|(?:<[^=]*?>)?(\()|\w+ =>)/gm;

/**
 * Functions at the top level that are assigned to a constant, each as `FILE: NAME`. A constant with a
 * declared function type is accepted, because a function declaration cannot have one.
 */
export function functionConstants({ file, text }: SourceFile): readonly string[] {
  const code = codeMatching(text, CONSTANT);
  return Array.from(code.matchAll(CONSTANT)).flatMap((match) => {
    const [found, name = '', , parenthesis] = match;
    const isFunction = parenthesis === undefined || isArrow(code, match.index + found.length);
    return isFunction ? [`${file}: ${name}`] : [];
  });
}

/**
 * Whether the parenthesis that was opened just before `from` holds parameters: an arrow or a return type
 * follows it.
 */
function isArrow(code: string, from: number): boolean {
  let open = 1;
  let at = from;
  for (; at < code.length && open > 0; at += 1) {
    if (code[at] === '(') open += 1;
    if (code[at] === ')') open -= 1;
  }
  return /^\s*(?:=>|:)/.test(code.slice(at));
}
