import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { withoutRepeatedImports } from './repeated-imports.ts';

/** The project's root folder. */
export const ROOT = path.resolve(import.meta.dirname, '../..');

/**
 * Settings of all bundles. They include the SDK, because the runtime's own SDK takes twice as long to import.
 */
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

/** Defines `require`, which CommonJS code in a bundle needs and an ES module does not have. */
const REQUIRE_BANNER = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

/** Source files of a function's bundle, relative to the project's root. */
export interface EntryPoints {
  /** Source of `index.mjs`, which Lambda loads. */
  readonly index: string;
  /**
   * Source of `handler.mjs`, which exports `create`: the function for another runtime, such as the embedded
   * account.
   */
  readonly handler?: string;
}

/** Entry points of the function in a folder. */
export function entryPointsIn(folder: string): Required<EntryPoints> {
  return {
    index: `${folder}/index.ts`,
    handler: `${folder}/handler.ts`,
  };
}

/**
 * Bundles a function with its chunks into a folder, which it empties first.
 *
 * @returns esbuild's metafile. Rejects with esbuild's BuildFailure.
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
 * Bundles the command line as `portcullis.js`, with the SDK's whole credential chain (profiles, SSO) and
 * without the native modules that the embedded account needs. Rejects with esbuild's BuildFailure.
 *
 * @param entry relative to the project's root.
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

/** Modules of the SDK with generated schemas. */
const SCHEMAS = /[\\/]@aws-sdk[\\/][^\\/]+[\\/]dist-es[\\/]schemas[\\/]schemas_\d+\.js$/;

/** The declaration of a schema in such a module: a variable whose value is an array. */
const DECLARATION = /^((?:export )?var \w+\$? = )(\[[\s\S]*?\]);$/gm;

/**
 * Wraps each schema of a module in a call that is marked as pure, so that esbuild can remove unused schemas.
 */
export function markPure(source: string): string {
  return source.replace(DECLARATION, '$1/* @__PURE__ */ (() => $2)();');
}

/**
 * Removes the schemas of calls that a function never makes. Schemas have computed keys, which esbuild treats
 * as side effects: without this plugin, two EC2 commands include all 3,000 schemas (554 KB instead of 37 KB).
 *
 * @see https://github.com/aws/aws-sdk-js-v3/issues/7607
 */
const pureSchemas: Plugin = {
  name: 'pure-schemas',
  setup(hooks) {
    hooks.onLoad({ filter: SCHEMAS }, async ({ path: file }) => ({
      contents: markPure(await readFile(file, 'utf8')),
      loader: 'js',
    }));
  },
};

/**
 * Replaces the SDK's credential chain (SSO, profiles, processes, instance metadata) by the environment
 * variables that Lambda sets. This saves 13 files, and the import takes 28 ms instead of 32 ms.
 */
const environmentCredentials: Plugin = {
  name: 'environment-credentials',
  setup(hooks) {
    hooks.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ resolveDir }) => ({
      path: 'credential-provider-node',
      namespace: 'environment-credentials',
      pluginData: resolveDir,
    }));
    hooks.onLoad({ filter: /.*/, namespace: 'environment-credentials' }, ({ pluginData }) => ({
      contents: `export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';`,
      resolveDir: String(pluginData),
    }));
  },
};
