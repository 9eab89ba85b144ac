import type { Handover } from '../model/grants.ts';
import { lazily } from './lazily.ts';

/** A handover whose client is loaded by the first removal that has something to be granted after it: few have. */
export const lazyHandover = (functionName: string): Handover => {
  const loaded = lazily(async () => {
    const [{ functionsClient }, { handover }] = await Promise.all([import('./invoke.ts'), import('./handover.ts')]);
    return handover(functionsClient(), functionName);
  });
  return { follow: async (groupId, planId) => (await loaded()).follow(groupId, planId) };
};
