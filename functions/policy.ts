import { readFileSync } from 'node:fs';
import type { Policy } from '../shared/model/policy.ts';

/** The policy that the build compiled and put beside the bundle. It was validated there, so nothing is checked again here. */
export const loadPolicy = (): Policy => {
  const policy: Policy = JSON.parse(readFileSync(new URL('policy.json', import.meta.url), 'utf8'));
  return policy;
};
