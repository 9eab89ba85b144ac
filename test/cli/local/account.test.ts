import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { onSchedule } from '../../../cli/local/account.ts';
import { processSurroundings } from '../../../cli/terminal.ts';
import { SCHEDULE_MINUTES } from '../../../shared/catalogue.ts';

const PERIOD = SCHEDULE_MINUTES * 60_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the clock of an account on this machine', () => {
  it('ticks as often as the schedule in AWS, until it is stopped', async () => {
    const tick = vi.fn<() => Promise<void>>(async () => undefined);
    const stop = onSchedule(tick, processSurroundings.clock);
    await vi.advanceTimersByTimeAsync(PERIOD - 1);
    expect(tick).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1 + 2 * PERIOD);
    expect(tick).toHaveBeenCalledTimes(3);
    stop();
    await vi.advanceTimersByTimeAsync(3 * PERIOD);
    expect(tick).toHaveBeenCalledTimes(3);
  });

  it('skips a tick while the previous one is running', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const tick = vi.fn<() => Promise<void>>(async () => await promise);
    const stop = onSchedule(tick, processSurroundings.clock);
    await vi.advanceTimersByTimeAsync(3 * PERIOD);
    expect(tick).toHaveBeenCalledTimes(1);
    resolve(undefined);
    await vi.advanceTimersByTimeAsync(PERIOD);
    expect(tick).toHaveBeenCalledTimes(2);
    stop();
  });
});
