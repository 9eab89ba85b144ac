import type { Finding } from '../model/finding.ts';
import { matchesGlob } from '../model/glob.ts';
import type { GroupIdentity } from '../model/group.ts';
import { type Limit, lowerMode, type Mode } from '../model/mode.ts';
import type { Policy, TagCeiling } from '../model/policy.ts';
import { freezeLimits } from '../policy/freeze.ts';

/** A finding with the mode it gets and what holds that below the policy's. */
export interface Weighed {
  readonly finding: Finding;
  readonly mode: Mode;
  readonly limits: readonly Limit[];
}

const NOTHING_TO_REMOVE: Limit = { mode: 'alert', reason: 'it names no rule, so there is nothing to remove' };

const isTagged = ({ tags: has }: GroupIdentity, { tags }: TagCeiling): boolean =>
  Object.entries(tags).every(([key, pattern]) => Object.hasOwn(has, key) && matchesGlob(pattern, has[key] ?? ''));

/** Only tags whose keys the policy names count, and they only hold down. */
const tagLimits = (group: GroupIdentity, { tagCeilings }: Policy): readonly Limit[] =>
  tagCeilings
    .filter((ceiling) => isTagged(group, ceiling))
    .map(({ tags, mode }) => ({
      mode,
      reason: `groups tagged ${Object.entries(tags)
        .map(([key, pattern]) => `${key}=${pattern}`)
        .join(', ')} go no further than ${mode}`,
    }));

const limitsOn = (finding: Finding, group: GroupIdentity, { policy, ceiling, now }: Rules): readonly Limit[] => [
  { mode: policy.ceiling, reason: `the policy's mode for the account is ${policy.ceiling}` },
  { mode: ceiling, reason: `the runtime switch is at ${ceiling}` },
  ...tagLimits(group, policy),
  ...(finding.rules.length > 0 || finding.lost !== undefined ? [] : [NOTHING_TO_REMOVE]),
  ...(finding.freshness === 'fresh' || now === undefined ? [] : freezeLimits(policy.freezes, now)),
  ...(finding.limit === undefined ? [] : [finding.limit]),
];

/** What decides how far a finding may go, besides itself. */
export interface Rules {
  readonly policy: Policy;
  readonly ceiling: Mode;
  /** Milliseconds since the epoch; absent where no time is meant, so that nothing is frozen. */
  readonly now?: number | undefined;
}

/** The lowest of the control's mode and every limit. */
export const weigh = (finding: Finding, group: GroupIdentity, rules: Rules): Weighed => {
  const asked = rules.policy.controls[finding.control]?.[finding.freshness] ?? 'off';
  const limits = limitsOn(finding, group, rules).filter((limit) => lowerMode(limit.mode, asked) !== asked);
  return { finding, limits, mode: limits.reduce<Mode>((mode, limit) => lowerMode(mode, limit.mode), asked) };
};
