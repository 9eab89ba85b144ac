import path from 'node:path';
import type { OutputFile } from 'esbuild';

/**
 * A minified import at the beginning of a chunk: `import{a}from"./b.mjs";`, or without names:
 * `import"./b.mjs";`.
 */
const IMPORT = /import(?<names>[^"';]*?from)?"(?<target>[^"]+)";/y;

interface Import {
  readonly from: number;
  readonly end: number;
  /** Whether the import has no names, so it only runs the chunk. */
  readonly isBare: boolean;
  readonly target: string;
}

/** The imports at the beginning of a chunk, with absolute targets. */
function importsOf({ path: file, text }: OutputFile): readonly Import[] {
  const imports: Import[] = [];
  IMPORT.lastIndex = 0;
  for (let found = IMPORT.exec(text); found !== null; found = IMPORT.exec(text)) {
    const { names, target = '' } = found.groups ?? {};
    const end = found.index + found[0].length;
    imports.push({ from: found.index, end, isBare: names === undefined, target: path.resolve(file, '..', target) });
  }
  return imports;
}

/** Everything that an import loads: its target, and the imports of the target, recursively. */
function loadedBy(target: string, graph: ReadonlyMap<string, readonly Import[]>): ReadonlySet<string> {
  const loaded = new Set([target]);
  for (const file of loaded) for (const { target: next } of graph.get(file) ?? []) loaded.add(next);
  return loaded;
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * A number in the VLQ encoding of source maps: base 64, five bits for each digit, lowest first, sign in the
 * lowest bit.
 */
function vlq(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1;
  let text = '';
  do {
    text += DIGITS.charAt((rest & 31) | (rest > 31 ? 32 : 0));
    rest >>>= 5;
  } while (rest > 0);
  return text;
}

/**
 * The mappings of a source map after `removed` characters were deleted at the beginning of its first line.
 * Each column is relative to the previous column, so only the first column changes.
 *
 * @see https://tc39.es/ecma426/#sec-mappings
 * @throws RangeError if a mapping refers to the deleted characters.
 */
function shiftMappings(mappings: string, removed: number): string {
  const [first = ''] = /^[g-z0-9+/]*[A-Za-f]/.exec(mappings) ?? [];
  const bits = Array.from(first).reduceRight((sum, digit) => sum * 32 + (DIGITS.indexOf(digit) & 31), 0);
  const column = bits >> 1;
  if (first === '') return mappings;
  if (column < removed)
    throw new RangeError(`the source map begins at column ${column}, but ${removed} characters were removed before it`);
  return vlq(column - removed) + mappings.slice(first.length);
}

/** The text of a chunk without repeated imports. */
function withoutRepeated(
  text: string,
  imports: readonly Import[],
  graph: ReadonlyMap<string, readonly Import[]>,
): string {
  const loaded = new Set<string>();
  let kept = '';
  let from = 0;
  for (const one of imports) {
    kept += one.isBare && loaded.has(one.target) ? '' : text.slice(one.from, one.end);
    from = one.end;
    for (const file of loadedBy(one.target, graph)) loaded.add(file);
  }
  return kept + text.slice(from);
}

/**
 * Removes imports without names whose chunk an earlier import of the same file loads already. esbuild adds an
 * import of every needed chunk to an entry point, and Node resolves each of them again. Without the 13
 * repeated imports of on-change, its import takes 524 million instructions instead of 533 million. The order
 * of execution does not change, because a chunk runs after all chunks that it imports.
 *
 * @param files chunks with their source maps.
 * @returns the paths and new texts of the same files.
 */
export function withoutRepeatedImports(files: readonly OutputFile[]): readonly Pick<OutputFile, 'path' | 'text'>[] {
  const parts = files.filter((file) => file.path.endsWith('.mjs'));
  const graph = new Map(parts.map((part) => [part.path, importsOf(part)]));
  const texts = new Map(
    parts.map(({ path: file, text }) => [file, withoutRepeated(text, graph.get(file) ?? [], graph)]),
  );
  return files.map(({ path: file, text }) => {
    const part = parts.find((one) => `${one.path}.map` === file);
    if (part === undefined) return { path: file, text: texts.get(file) ?? text };
    const map: { readonly mappings: string } = JSON.parse(text);
    const removed = part.text.length - (texts.get(part.path)?.length ?? 0);
    return { path: file, text: JSON.stringify({ ...map, mappings: shiftMappings(map.mappings, removed) }) };
  });
}
