import { SCHEDULE_MINUTES } from '../../shared/catalogue.ts';

const PERIOD_MS = SCHEDULE_MINUTES * 60_000;

/** Calls `tick` as often as EventBridge does in AWS, unless the one before is still at it; returns how to stop. */
export const onSchedule = (tick: () => Promise<void>): (() => void) => {
  let running = false;
  const timer = setInterval(() => {
    if (running) return;
    running = true;
    void tick().finally(() => {
      running = false;
    });
  }, PERIOD_MS);
  return () => clearInterval(timer);
};
