import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');

/** A TypeScript file of the project. */
export interface SourceFile {
  /** Path from the project's root, with slashes. */
  readonly file: string;
  readonly text: string;
}

/** All TypeScript files in these folders, by path. */
export function sourceFiles(...folders: readonly string[]): readonly SourceFile[] {
  return folders
    .flatMap((folder) =>
      readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => `${folder}/${name.replaceAll(path.sep, '/')}`),
    )
    .toSorted()
    .map((file) => ({ file, text: readFileSync(path.join(ROOT, file), 'utf8') }));
}

const IMPORT =
  /(?:^|[\s;}])(?:import|export)\s*(?:type\s+)?(?:[\w*{][^;'"]*?from\s*)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g;

/** The module specifiers that a source imports: static, dynamic and type imports, and re-exports. */
export function importsOf(source: string): readonly string[] {
  return [...source.matchAll(IMPORT)].map(([, fixed, lazy]) => fixed ?? lazy ?? '');
}

/**
 * The project's files that a file imports, by path from the root. Packages and Node's modules are left out.
 */
export function importedFiles({ file, text }: SourceFile): readonly string[] {
  return importsOf(text)
    .filter((target) => target.startsWith('.'))
    .map((target) => path.posix.join(path.posix.dirname(file), target));
}
