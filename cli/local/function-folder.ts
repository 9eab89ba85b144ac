import { existsSync } from 'node:fs';
import path from 'node:path';
import { InputInvalid } from '../../shared/model/errors.ts';

/** Where `npm run build` puts the function, seen from the bundled command line: from its entry, and from its parts. */
const BUILT = ['../functions/on-change', '../../functions/on-change'];

/**
 * Folder of the bundled function: the one that was built together with this command line, or one made now, where this is the source
 * itself. Rejects as `buildFunctions` does, and with InputInvalid where there is nothing to be bundled.
 */
export const functionBundle = async (): Promise<string> => {
  const built = BUILT.map((place) => path.resolve(import.meta.dirname, place)).find((folder) =>
    existsSync(path.join(folder, 'index.mjs')),
  );
  if (built !== undefined) return built;
  const { buildFunctions } = await import('../../infra/build.ts');
  const [bundle] = await buildFunctions();
  if (bundle === undefined) throw new InputInvalid('--remediate: the function is not built; run npm run build');
  return bundle.directory;
};
