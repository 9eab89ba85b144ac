import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { environmentCredentials } from './environment-credentials.ts';
import { pureSchemas } from './pure-schemas.ts';
import { withoutRepeatedImports } from './repeated-imports.ts';

/** The project's root. */
export const ROOT = path.resolve(import.meta.dirname, '../..');

/** What goes into every bundle: all of it, the SDK too (the runtime's own costs twice the import), in parts that load when needed. */
const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  format: 'esm',
  platform: 'node',
  mainFields: ['module', 'main'],
  minify: true,
  keepNames: true,
  splitting: true,
  sourcemap: 'linked',
  legalComments: 'none',
  metafile: true,
  logLevel: 'silent',
} as const satisfies BuildOptions;

/** CommonJS in a bundle asks for Node's modules by `require`, which an ES module does not have. */
const REQUIRE = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

/** Files of a function's source that its bundle has in its place, from the project's root. */
export interface EntryPoints {
  /** Becomes `index.mjs`, which Lambda loads. */
  readonly index: string;
  /** Becomes `handler.mjs`, which exports `create`: the same function for whoever has a runtime of his own. */
  readonly handler?: string;
}

/** The entry points of a function in this folder. */
export const entryPointsIn = (folder: string): Required<EntryPoints> => ({
  index: `${folder}/index.ts`,
  handler: `${folder}/handler.ts`,
});

/**
 * Bundles a function with its parts beside it, into an emptied folder.
 *
 * @returns what went into the bundle, as esbuild tells it. Rejects with esbuild's BuildFailure.
 */
export async function bundleFunction(entries: EntryPoints, directory: string): Promise<Metafile> {
  await rm(directory, { recursive: true, force: true });
  const { metafile, outputFiles } = await build({
    ...COMMON,
    write: false,
    entryPoints: Object.entries(entries).map(([out, file]) => ({ in: path.resolve(ROOT, file), out })),
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    chunkNames: '[name]-[hash]',
    target: 'node24',
    plugins: [pureSchemas, environmentCredentials],
  });
  await mkdir(directory, { recursive: true });
  for (const file of withoutRepeatedImports(outputFiles)) await writeFile(file.path, file.text);
  return metafile;
}

/**
 * Bundles the command line as `portcullis.js`, with the SDK's whole credential chain (profiles, SSO). What the embedded account
 * needs of native code stays outside. Rejects with esbuild's BuildFailure.
 *
 * @param entry from the project's root.
 */
export async function bundleCommandLine(entry: string, directory: string): Promise<Metafile> {
  await rm(directory, { recursive: true, force: true });
  const { metafile } = await build({
    ...COMMON,
    entryPoints: [{ in: path.resolve(ROOT, entry), out: 'portcullis' }],
    outdir: directory,
    chunkNames: 'parts/[name]-[hash]',
    target: 'node20',
    banner: { js: REQUIRE },
    external: ['dynalite', 'esbuild'],
    plugins: [pureSchemas],
  });
  return metafile;
}
