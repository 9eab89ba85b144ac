import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BuildFailure, Metafile } from 'esbuild';
import { CONTROLS, FUNCTIONS } from '../../shared/catalogue.ts';
import { PolicyInvalid } from '../../shared/domain/errors.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { compilePolicy } from '../../shared/policy/compile.ts';
import { bundleCommandLine, bundleFunction, type EntryPoints, entryPointsIn, ROOT } from './bundle.ts';

/** A function to build. */
export interface FunctionSource {
  readonly name: string;
  readonly entries: EntryPoints;
}

/** Options of a build. Paths are relative to the project's root. */
export interface BuildOptions {
  /** Default `dist`. */
  readonly outdir?: string;
  /** Default `portcullis.yaml`. */
  readonly policyFile?: string;
  /** Default: all functions of the catalogue. */
  readonly functions?: readonly FunctionSource[];
}

/** A built function: `index.mjs`, `handler.mjs`, their chunks and source maps, and `policy.json`. */
export interface FunctionBundle {
  readonly name: string;
  /** Absolute. */
  readonly directory: string;
  readonly metafile: Metafile;
}

/** The absolute path of a function's bundle. */
export function bundleDirectory(name: string, outdir = 'dist'): string {
  return path.resolve(ROOT, outdir, 'functions', name);
}

const FUNCTION_SOURCES: readonly FunctionSource[] = Object.values(FUNCTIONS).map(({ name, folder }) => ({
  name,
  entries: entryPointsIn(folder),
}));

async function readPolicy(file: string): Promise<Policy> {
  return compilePolicy(await readFile(path.resolve(ROOT, file), 'utf8'), file, CONTROLS);
}

/**
 * Bundles the functions, each with the compiled policy. The stack, the embedded account, tests and benchmarks
 * use the same build. Throws PolicyInvalid before it builds anything, and rejects with esbuild's
 * BuildFailure.
 */
export async function buildFunctions(options: BuildOptions = {}): Promise<readonly FunctionBundle[]> {
  const policy = JSON.stringify(await readPolicy(options.policyFile ?? 'portcullis.yaml'));
  const bundles = (options.functions ?? FUNCTION_SOURCES).map(async ({ name, entries }) => {
    const directory = bundleDirectory(name, options.outdir);
    const metafile = await bundleFunction(entries, directory);
    await writeFile(path.join(directory, 'policy.json'), policy);
    await writeFile(path.resolve(directory, '../..', `${name}.meta.json`), JSON.stringify(metafile));
    return { name, directory, metafile };
  });
  return Promise.all(bundles);
}

/** Builds the functions and the command line. Rejects as `buildFunctions` does. */
export async function build(options: BuildOptions = {}): Promise<readonly FunctionBundle[]> {
  const functions = await buildFunctions(options);
  await bundleCommandLine('cli/portcullis.ts', path.resolve(ROOT, options.outdir ?? 'dist', 'cli'));
  return functions;
}

function bytesOf({ metafile }: FunctionBundle): number {
  return Object.entries(metafile.outputs).reduce(
    (sum, [file, { bytes }]) => (file.endsWith('.map') ? sum : sum + bytes),
    0,
  );
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'warnings' in error;
}

async function main(): Promise<void> {
  try {
    for (const bundle of await build()) {
      console.log(`${path.relative(ROOT, bundle.directory)}: ${Math.round(bytesOf(bundle) / 1000)} KB`);
    }
  } catch (error) {
    if (!(error instanceof PolicyInvalid) && !isBuildFailure(error)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

// The file name matters, too: in a bundle that contains this file, `import.meta.main` is true for the bundle.
if (import.meta.main && path.basename(import.meta.filename) === 'build.ts') await main();
