import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
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
const REQUIRE_BANNER = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

/** Files of a function's source that its bundle has in its place, from the project's root. */
export interface EntryPoints {
  /** Becomes `index.mjs`, which Lambda loads. */
  readonly index: string;
  /** Becomes `handler.mjs`, which exports `create`: the same function for whoever has a runtime of his own. */
  readonly handler?: string;
}

/** The entry points of a function in this folder. */
export function entryPointsIn(folder: string): Required<EntryPoints> {
  return {
    index: `${folder}/index.ts`,
    handler: `${folder}/handler.ts`,
  };
}

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
    banner: { js: REQUIRE_BANNER },
    external: ['dynalite', 'esbuild'],
    plugins: [pureSchemas],
  });
  return metafile;
}

/** The SDK's generated modules of schemas. */
const SCHEMAS = /[\\/]@aws-sdk[\\/][^\\/]+[\\/]dist-es[\\/]schemas[\\/]schemas_\d+\.js$/;

/** A schema as they declare it: an array that begins the line's value and ends with the statement. */
const DECLARATION = /^((?:export )?var \w+\$? = )(\[[\s\S]*?\]);$/gm;

/** Wraps each schema of a module in a call that is marked pure: its value stays the same, and an unused one can go. */
export function markPure(source: string): string {
  return source.replace(DECLARATION, '$1/* @__PURE__ */ (() => $2)();');
}

/**
 * Lets esbuild leave out the schemas of calls that are never made. Their keys are computed, which counts as a side effect, so that
 * without this two EC2 commands bring all 3,000 schemas along: 554 KB in place of 37.
 *
 * @see https://github.com/aws/aws-sdk-js-v3/issues/7607
 */
const pureSchemas: Plugin = {
  name: 'pure-schemas',
  setup(build) {
    build.onLoad({ filter: SCHEMAS }, async ({ path }) => ({
      contents: markPure(await readFile(path, 'utf8')),
      loader: 'js',
    }));
  },
};

/**
 * Takes a function's credentials from its environment, where Lambda puts them, and leaves out the SDK's chain (SSO, profiles,
 * processes, instance metadata), which a function has no use for: 13 files less, and 28 ms of import in place of 32.
 */
const environmentCredentials: Plugin = {
  name: 'environment-credentials',
  setup(build) {
    build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ resolveDir }) => ({
      path: 'credential-provider-node',
      namespace: 'environment-credentials',
      pluginData: resolveDir,
    }));
    build.onLoad({ filter: /.*/, namespace: 'environment-credentials' }, ({ pluginData }) => ({
      contents: `export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';`,
      resolveDir: String(pluginData),
    }));
  },
};
