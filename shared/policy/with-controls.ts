import type { Policy } from '../domain/controls/policy.ts';

/** The policy with no more controls than those whose ids are wanted. */
export const withControls = (policy: Policy, isWanted: (id: string) => boolean): Policy => ({
  ...policy,
  controls: Object.fromEntries(Object.entries(policy.controls).filter(([id]) => isWanted(id))),
});
