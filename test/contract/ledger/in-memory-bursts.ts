import {
  type AlertBursts,
  callsPeople,
  type DigestEntry,
  digestEntryKey,
  isMinuteOver,
  minuteEnd,
  minuteStart,
} from '../../../shared/domain/notification.ts';
import type { Clock } from '../../../shared/domain/runtime.ts';

interface Minute {
  readonly alone: Set<string>;
  /** Those told by themselves that call people. */
  readonly calls: Set<string>;
  readonly gathered: Map<string, DigestEntry>;
  /** Outcomes that came too late, and the minutes that they count in. */
  readonly moved: Map<string, number>;
  closedAt: number | undefined;
  isTold: boolean;
}

function empty(): Minute {
  return {
    alone: new Set(),
    calls: new Set(),
    gathered: new Map(),
    moved: new Map(),
    closedAt: undefined,
    isTold: false,
  };
}

/** Storms held in memory. */
export function inMemoryBursts({ now }: Pick<Clock, 'now'>): AlertBursts {
  const minutes = new Map<number, Minute>();
  const minuteAt = (start: number): Minute => {
    const minute = minutes.get(start) ?? empty();
    minutes.set(start, minute);
    return minute;
  };
  const admitTo = (start: number, gist: DigestEntry, perMinute: number): 'alone' | 'gathered' => {
    const key = digestEntryKey(gist);
    const minute = minuteAt(start);
    const { gathered, moved, closedAt } = minute;
    const alone = callsPeople(gist) ? minute.calls : minute.alone;
    if (alone.has(key)) return 'alone';
    if (gathered.has(key)) return 'gathered';
    if (isMinuteOver(start, now()) || closedAt !== undefined) {
      const to = moved.get(key) ?? Math.max(minuteStart(now()), minuteEnd(start));
      moved.set(key, to);
      return admitTo(to, gist, perMinute);
    }
    if (alone.size >= perMinute) gathered.set(key, gist);
    else alone.add(key);
    return alone.has(key) ? 'alone' : 'gathered';
  };
  const due = () =>
    [...minutes]
      .filter(([start, { isTold, gathered }]) => !isTold && gathered.size > 0 && isMinuteOver(start, now()))
      .toSorted(([a], [b]) => a - b);
  return {
    admit: async (gist, perMinute) => admitTo(minuteStart(Math.min(gist.at, now())), gist, perMinute),
    finished: async () =>
      due().map(([start, minute]) => {
        minute.closedAt ??= now();
        return { minute: start, closedAt: minute.closedAt, gists: [...minute.gathered.values()] };
      }),
    remove: async ({ minute }) => void (minuteAt(minute).isTold = true),
  };
}
