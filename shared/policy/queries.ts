import type { Limit } from '../domain/control-options.ts';
import type { Budget, Freeze, Policy } from '../domain/policy.ts';
import { type TrustedSpace, trustedSpace, type World } from '../network/public-space.ts';

/** The world under a policy: its threshold, applied to public addresses that are not trusted. */
export function worldOf({ world, trusted: { cidrs } }: Pick<Policy, 'world' | 'trusted'>): World {
  if (cidrs.length === 0) return world;
  let space: TrustedSpace | undefined;
  return { ...world, trusted: () => (space ??= trustedSpace(cidrs)) };
}

/** The policy with only the controls that `isWanted` accepts. */
export function withControls(policy: Policy, isWanted: (id: string) => boolean): Policy {
  return {
    ...policy,
    controls: Object.fromEntries(Object.entries(policy.controls).filter(([id]) => isWanted(id))),
  };
}

/** The limits of the freezes at a time (ms). Closing existing rules then needs approval. */
export function freezeLimits(freezes: readonly Freeze[], now: number): readonly Limit[] {
  return freezes
    .filter((freeze) => isOn(freeze, now))
    .map(({ reason }) => ({ mode: 'approve', why: 'freeze', reason: `changes are frozen: ${reason}` }));
}

const DAY_MINUTES = 1440;

function isOn(freeze: Freeze, now: number): boolean {
  if (freeze.kind === 'dates') return freeze.from <= now && now < freeze.until;
  const { days, fromMinute, untilMinute } = freeze;
  const date = new Date(now);
  const minute = date.getUTCHours() * 60 + date.getUTCMinutes();
  const length = (untilMinute - fromMinute + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
  const since = (minute - fromMinute + DAY_MINUTES) % DAY_MINUTES;
  const startDay = minute < fromMinute ? (date.getUTCDay() + 6) % 7 : date.getUTCDay();
  return since < length && days.includes(startDay);
}

/**
 * Whether a sweep would close rules in more groups than the policy's share allows. A share above zero allows
 * at least one group, so that a small account does not need approval for a single open group.
 */
export function exceedsSweepShare(
  closing: number,
  groups: number,
  { sweepShare }: Pick<Budget, 'sweepShare'>,
): boolean {
  return closing > Math.max(groups * sweepShare, sweepShare > 0 ? 1 : 0);
}
