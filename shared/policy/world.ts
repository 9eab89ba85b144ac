import type { Policy } from '../domain/controls/policy.ts';
import { type TrustedSpace, trustedSpace, type World } from '../network/exposure/trusted-space.ts';

/** What counts as the world under a policy: its threshold, on the public addresses that it does not trust. */
export const worldOf = ({ world, trusted: { cidrs } }: Pick<Policy, 'world' | 'trusted'>): World => {
  if (cidrs.length === 0) return world;
  let made: TrustedSpace | undefined;
  return { ...world, trusted: () => (made ??= trustedSpace(cidrs)) };
};
