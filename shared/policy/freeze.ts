import type { Limit } from '../domain/controls/mode.ts';
import type { Freeze } from '../domain/controls/policy.ts';

const DAY_MINUTES = 1440;

const isOn = (freeze: Freeze, now: number): boolean => {
  if (freeze.kind === 'dates') return freeze.from <= now && now < freeze.until;
  const { days, fromMinute, untilMinute } = freeze;
  const date = new Date(now);
  const minute = date.getUTCHours() * 60 + date.getUTCMinutes();
  const length = (untilMinute - fromMinute + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
  const since = (minute - fromMinute + DAY_MINUTES) % DAY_MINUTES;
  const startDay = minute < fromMinute ? (date.getUTCDay() + 6) % 7 : date.getUTCDay();
  return since < length && days.includes(startDay);
};

/** What a freeze holds back at a time (ms): rules that were there before are closed only once a person says so. */
export const freezeLimits = (freezes: readonly Freeze[], now: number): readonly Limit[] =>
  freezes
    .filter((freeze) => isOn(freeze, now))
    .map(({ reason }) => ({ mode: 'approve', reason: `changes are frozen: ${reason}` }));
