import { SCHEDULE_MINUTES } from '../../shared/catalogue.ts';
import type { CommandClock } from '../terminal.ts';

const PERIOD_MS = SCHEDULE_MINUTES * 60_000;

/** Calls `tick` as often as EventBridge does in AWS, unless the one before is still at it; returns how to stop. */
export const onSchedule = (tick: () => Promise<void>, clock: CommandClock): (() => void) => {
  let running = false;
  return clock.every(PERIOD_MS, () => {
    if (running) return;
    running = true;
    void tick().finally(() => {
      running = false;
    });
  });
};
