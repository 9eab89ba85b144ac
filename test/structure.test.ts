import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type SourceFile, sourceFiles } from './source-files.ts';
import {
  crowdedFolders,
  functionConstants,
  importCycles,
  longComments,
  repeatedTypes,
  tinyFiles,
} from './structure.ts';

const product = sourceFiles('shared', 'functions', 'infra', 'cli');
const everything = [...product, ...sourceFiles('test')];

const MOST_ENTRIES = 25;
const FEWEST_LINES = 20;
const WIDEST_COMMENT = 110;

/**
 * Files with fewer lines than usual and a single importer, each with the reason. At most 15 entries: a new
 * one replaces an old one.
 */
const TINY_FILES: Readonly<Record<string, string>> = {};

/** Every function has its own entry point, however short. */
function isEntryPoint(file: string): boolean {
  return /^functions\/[^/]+\/index\.ts$/.test(file);
}

describe('the structure of the code', () => {
  it('has no import cycle', () => {
    expect(importCycles(product)).toEqual([]);
  });

  it(`has at most ${MOST_ENTRIES} entries in a folder`, () => {
    expect(
      crowdedFolders(
        product.map(({ file }) => file),
        MOST_ENTRIES,
      ),
    ).toEqual([]);
  });

  it(`has no file under ${FEWEST_LINES} lines that only one file imports, apart from the listed ones`, () => {
    const tiny = tinyFiles(product, FEWEST_LINES).filter((file) => !isEntryPoint(file));
    expect(tiny.toSorted()).toEqual(Object.keys(TINY_FILES).toSorted());
    expect(tiny.length).toBeLessThanOrEqual(15);
  });

  it('declares each exported type name of shared once', () => {
    expect(repeatedTypes(product.filter(({ file }) => file.startsWith('shared/')))).toEqual([]);
  });

  it(`has no comment line with more than ${WIDEST_COMMENT} characters`, () => {
    expect(everything.flatMap((source) => longComments(source, WIDEST_COMMENT))).toEqual([]);
  });

  it('has every file that docs/architecture.md names', () => {
    const page = readFileSync(path.join(import.meta.dirname, '../docs/architecture.md'), 'utf8');
    const named = Array.from(
      page.matchAll(/`((?:shared|functions|infra|cli|test|docs)\/[^`\s]+)`/g),
      ([, name = '']) => name,
    );
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((name) => !existsSync(path.join(import.meta.dirname, '..', name)))).toEqual([]);
  });

  it('declares its top-level functions by `function`', () => {
    expect(everything.flatMap((source) => functionConstants(source))).toEqual([]);
  });
});

/** Files of a planted project, by path. */
function planted(texts: Readonly<Record<string, string>>): readonly SourceFile[] {
  return Object.entries(texts).map(([file, text]) => ({ file, text }));
}

describe('the checks of the structure', () => {
  it.each([
    ['two files', { 'a/x.ts': "import { y } from './y.ts';", 'a/y.ts': "import { x } from './x.ts';" }],
    ['type imports', { 'a/x.ts': "import type { Y } from './y.ts';", 'a/y.ts': "import type { X } from './x.ts';" }],
    [
      'a dynamic import, over three files',
      { 'a/x.ts': "import './y.ts';", 'a/y.ts': "export * from '../b/z.ts';", 'b/z.ts': "await import('../a/x.ts');" },
    ],
  ])('find a cycle of %s', (_, texts) => {
    expect(importCycles(planted({ ...texts, 'c/c.ts': "import '../a/x.ts';" }))).toEqual([Object.keys(texts)]);
  });

  it('find no cycle where two files import a third', () => {
    const texts = { 'a.ts': "import './b.ts';\nimport './c.ts';", 'b.ts': "import './c.ts';", 'c.ts': '' };
    expect(importCycles(planted(texts))).toEqual([]);
  });

  it('find a folder with one entry too many, and count a subfolder as one', () => {
    const files = ['a/1.ts', 'a/2.ts', 'a/b/3.ts', 'a/b/4.ts'];
    expect(crowdedFolders(files, 3)).toEqual([]);
    expect(crowdedFolders([...files, 'a/5.ts'], 3)).toEqual(['a: 4']);
  });

  it('find a short file with one importer, and none with two importers or with enough lines', () => {
    const short = 'export const x = 1;\n';
    const sources = planted({
      'one.ts': short,
      'two.ts': short,
      'long.ts': short.repeat(20),
      'a.ts': "import { x } from './one.ts';\nimport './two.ts';\nimport './long.ts';\n".padEnd(200, '\n'),
      'b.ts': "import './two.ts';",
    });
    expect(tinyFiles(sources, 20)).toEqual(['one.ts']);
  });

  it('find an exported type name with two declarations', () => {
    const sources = planted({
      'shared/a.ts': 'export interface Verdict {}\nexport type Once = 1;',
      'shared/b.ts': 'export type Verdict = string;\ninterface Once {}\n// export type Once = 2;',
      'shared/c.ts': "export type { Verdict } from './a.ts';",
    });
    expect(repeatedTypes(sources)).toEqual(['Verdict: shared/a.ts, shared/b.ts']);
  });

  it('find a comment line that is too long, unless no line break can shorten it', () => {
    const words = 'word '.repeat(22).trim();
    const url = `https://example.com/${'x'.repeat(100)}`;
    const long = [`// ${words}`, `  /** ${words} */`, `   * ${words}`];
    const fine = [`// ${url}`, ` * @see ${url}`, `const text = '// ${words}';`, `// ${words}`.slice(0, 110)];
    const text = [...long, ...fine].join('\n');
    expect(longComments({ file: 'a.ts', text }, 110)).toEqual(['a.ts:1', 'a.ts:2', 'a.ts:3']);
  });

  it.each([
    'const f = (x: number) => x;',
    'export const f = async (x: number): Promise<number> => x;',
    'export const f = <T>(x: T): T => x;',
    'const f = x => x;',
    'export const f = function () {};',
    'const f =\n  (a: string) =>\n  (b: string) => a + b;',
    "const f = ({ a = ')' }: { a?: string }) => a;",
  ])('find the function in %s', (text) => {
    expect(functionConstants({ file: 'a.ts', text })).toEqual(['a.ts: f']);
  });

  it.each([
    'function f(x: number) {\n  const g = () => x;\n  return g;\n}',
    'export const f: Handler = (event) => event;',
    'const f = (1 + 2) * 3;',
    'const f = (await read()).text;',
    '// const f = () => 1;',
    'const f = lazy(() => 1);',
  ])('find no function in %s', (text) => {
    expect(functionConstants({ file: 'a.ts', text })).toEqual([]);
  });
});
