import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** The SDK's generated modules of schemas. */
const SCHEMAS = /[\\/]@aws-sdk[\\/][^\\/]+[\\/]dist-es[\\/]schemas[\\/]schemas_\d+\.js$/;

/** A schema as they declare it: an array that begins the line's value and ends with the statement. */
const DECLARATION = /^((?:export )?var \w+\$? = )(\[[\s\S]*?\]);$/gm;

/** Wraps each schema of a module in a call that is marked pure: its value stays the same, and an unused one can go. */
export const markPure = (source: string): string => source.replace(DECLARATION, '$1/* @__PURE__ */ (() => $2)();');

/**
 * Lets esbuild leave out the schemas of calls that are never made. Their keys are computed, which counts as a side effect, so that
 * without this two EC2 commands bring all 3,000 schemas along: 554 KB in place of 37.
 *
 * @see https://github.com/aws/aws-sdk-js-v3/issues/7607
 */
export const pureSchemas: Plugin = {
  name: 'pure-schemas',
  setup(build) {
    build.onLoad({ filter: SCHEMAS }, async ({ path }) => ({
      contents: markPure(await readFile(path, 'utf8')),
      loader: 'js',
    }));
  },
};
