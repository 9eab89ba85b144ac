import type { Limit } from '../domain/control-options.ts';
import type { Budget, Freeze, Policy } from '../domain/policy.ts';
import { type TrustedSpace, trustedSpace, type World } from '../network/public-space.ts';

/** What counts as the world under a policy: its threshold, on the public addresses that it does not trust. */
export function worldOf({ world, trusted: { cidrs } }: Pick<Policy, 'world' | 'trusted'>): World {
  if (cidrs.length === 0) return world;
  let made: TrustedSpace | undefined;
  return { ...world, trusted: () => (made ??= trustedSpace(cidrs)) };
}

/** The policy with no more controls than those whose ids are wanted. */
export function withControls(policy: Policy, isWanted: (id: string) => boolean): Policy {
  return {
    ...policy,
    controls: Object.fromEntries(Object.entries(policy.controls).filter(([id]) => isWanted(id))),
  };
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

/** What a freeze holds back at a time (ms): rules that were there before are closed only once a person says so. */
export function freezeLimits(freezes: readonly Freeze[], now: number): readonly Limit[] {
  return freezes
    .filter((freeze) => isOn(freeze, now))
    .map(({ reason }) => ({ mode: 'approve', why: 'freeze', reason: `changes are frozen: ${reason}` }));
}

/**
 * Whether rules would be closed in more groups at once than the policy lets a sweep. A share that is not nothing is one group at least: in
 * an account of five groups people are not asked about the one that is open.
 */
export function exceedsSweepShare(
  closing: number,
  groups: number,
  { sweepShare }: Pick<Budget, 'sweepShare'>,
): boolean {
  return closing > Math.max(groups * sweepShare, sweepShare > 0 ? 1 : 0);
}
