import { type TrustedSpace, trustedSpace, type World } from '../exposure/trusted-space.ts';
import type { Policy } from '../model/policy.ts';

/** What counts as the world under a policy: its threshold, on the public addresses that it does not trust. */
export const worldOf = ({ world, trusted: { cidrs } }: Pick<Policy, 'world' | 'trusted'>): World => {
  if (cidrs.length === 0) return world;
  let made: TrustedSpace | undefined;
  return { ...world, trusted: () => (made ??= trustedSpace(cidrs)) };
};
