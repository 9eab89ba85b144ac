import { tierSource } from '../../shared/controls/tier-source.ts';
import type { TierOptions } from '../../shared/domain/controls/options.ts';
import type { Policy } from '../../shared/domain/controls/policy.ts';
import { neededFacts } from '../../shared/remediation/decide/enabled.ts';
import type { Wanted } from '../offline/account-index.ts';

/** What a policy's controls want to know in a sweep. Of a group that rules name they look at no tag but the one that tells its layer. */
export const wantedBy = (policy: Policy): Wanted => {
  const { tiers }: Partial<TierOptions> = policy.controls[tierSource.id] ?? {};
  return { needs: neededFacts(policy, 'sweep'), peerTags: new Set(tiers === undefined ? [] : [tiers.tag]) };
};
