import { existsSync } from 'node:fs';
import path from 'node:path';
import { InputInvalid } from '../../shared/domain/errors.ts';

/**
 * Where on-change is, seen from this file: as `npm run build` puts it beside the bundled command line (from its entry, and from its
 * parts), or as the project's source has it. The source needs no build, because Node runs TypeScript.
 */
const PLACES = ['../functions/on-change', '../../functions/on-change'];

const HANDLERS = ['handler.mjs', 'handler.ts'];

/** Folder of on-change; the other functions are beside it. Throws InputInvalid if it is in none of the places. */
export function functionFolder(): string {
  const folders = PLACES.map((place) => path.resolve(import.meta.dirname, place));
  const found = folders.find((folder) => HANDLERS.some((file) => existsSync(path.join(folder, file))));
  if (found !== undefined) return found;
  throw new InputInvalid('--remediate: the functions are not beside the command line: run npm run build');
}
