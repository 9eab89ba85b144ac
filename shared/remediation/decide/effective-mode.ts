import type { Finding } from '../../domain/controls/finding.ts';
import { type Limit, lowerMode, type Mode } from '../../domain/controls/mode.ts';
import type { Policy, TagCeiling } from '../../domain/controls/policy.ts';
import { matchesGlob } from '../../domain/glob.ts';
import type { GroupIdentity } from '../../domain/group.ts';
import { freezeLimits } from '../../policy/freeze.ts';

/** A finding with the mode it gets and what holds that below the policy's. */
export interface Weighed {
  readonly finding: Finding;
  readonly mode: Mode;
  readonly limits: readonly Limit[];
}

const NOTHING_TO_REMOVE: Limit = { mode: 'alert', reason: 'it names no rule, so there is nothing to remove' };

const isTagged = ({ tags: has }: GroupIdentity, { tags }: TagCeiling): boolean =>
  Object.entries(tags).every(([key, pattern]) => Object.hasOwn(has, key) && matchesGlob(pattern, has[key] ?? ''));

function tagLimit({ tags, mode }: TagCeiling): Limit {
  const named = Object.entries(tags).map(([key, pattern]) => `${key}=${pattern}`);
  return { mode, reason: `groups tagged ${named.join(', ')} go no further than ${mode}` };
}

/** The limits below a mode. Only tags that the policy names count, and a tag can only lower the mode. */
function limitsBelow(
  asked: Mode,
  finding: Finding,
  group: GroupIdentity,
  { policy, ceiling, now }: Rules,
): readonly Limit[] {
  const isLower = (mode: Mode): boolean => lowerMode(mode, asked) !== asked;
  const limits: Limit[] = [];
  if (isLower(policy.ceiling))
    limits.push({ mode: policy.ceiling, reason: `the policy's mode for the account is ${policy.ceiling}` });
  if (isLower(ceiling)) limits.push({ mode: ceiling, reason: `the runtime switch is at ${ceiling}` });
  for (const one of policy.tagCeilings) if (isLower(one.mode) && isTagged(group, one)) limits.push(tagLimit(one));
  if (isLower(NOTHING_TO_REMOVE.mode) && finding.rules.length === 0 && finding.lost === undefined)
    limits.push(NOTHING_TO_REMOVE);
  if (finding.freshness !== 'fresh' && now !== undefined)
    limits.push(...freezeLimits(policy.freezes, now).filter(({ mode }) => isLower(mode)));
  if (finding.limit !== undefined && isLower(finding.limit.mode)) limits.push(finding.limit);
  return limits;
}

/** What decides how far a finding may go, besides itself. */
export interface Rules {
  readonly policy: Policy;
  readonly ceiling: Mode;
  /** Milliseconds since the epoch; absent where no time is meant, so that nothing is frozen. */
  readonly now?: number | undefined;
}

/** The lowest of the control's mode and every limit. */
export function weigh(finding: Finding, group: GroupIdentity, rules: Rules): Weighed {
  const asked = rules.policy.controls[finding.control]?.[finding.freshness] ?? 'off';
  const limits = limitsBelow(asked, finding, group, rules);
  return { finding, limits, mode: limits.reduce<Mode>((mode, limit) => lowerMode(mode, limit.mode), asked) };
}
