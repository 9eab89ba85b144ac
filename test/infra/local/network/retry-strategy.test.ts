import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { StandardRetryToken } from '@smithy/types';
import { describe, expect, it } from 'vitest';
import { ClockRetryStrategy } from '../../../../infra/local/network/in-process.ts';
import { virtualAccount } from '../in-process.ts';

function setup(random = () => 0.5) {
  const slept: number[] = [];
  const clock = { sleep: async (ms: number) => void slept.push(ms) };
  return { slept, strategy: new ClockRetryStrategy({ maxAttempts: 5, clock, random }) };
}

/** Fails until there are no retries left. Returns their number. */
async function retries(strategy: ClockRetryStrategy, errorType: 'THROTTLING' | 'TRANSIENT'): Promise<number> {
  let token: StandardRetryToken = await strategy.acquireInitialRetryToken('');
  for (let count = 0; ; count += 1) {
    try {
      token = await strategy.refreshRetryTokenForRetry(token, { errorType });
    } catch {
      return count;
    }
  }
}

describe('the retry strategy', () => {
  it.each([
    ['TRANSIENT', [25, 50, 100, 200]],
    ['THROTTLING', [500, 1000, 2000, 4000]],
  ] as const)('pauses on the clock, twice as long each time, after %s', async (errorType, pauses) => {
    const { strategy, slept } = setup();
    expect(await retries(strategy, errorType)).toBe(4);
    expect(slept).toEqual(pauses);
  });

  it('pauses separately for two calls that fail at the same time', async () => {
    const { strategy, slept } = setup();
    const counts = await Promise.all([retries(strategy, 'TRANSIENT'), retries(strategy, 'THROTTLING')]);
    expect(counts).toEqual([4, 4]);
    expect(slept.toSorted((a, b) => a - b)).toEqual([25, 50, 100, 200, 500, 1000, 2000, 4000]);
  });

  it('stops when its quota is used up, as in production, and shows what is left', async () => {
    const { strategy } = setup();
    expect(strategy.capacity).toBe(500);
    let count = 0;
    for (let calls = 0; calls < 20; calls += 1) count += await retries(strategy, 'TRANSIENT');
    expect(count).toBe(35);
    expect(strategy.capacity).toBe(10);
  });

  it('takes virtual time in a client of the embedded account, and each client has its own quota', async () => {
    const local = await virtualAccount();
    const settings = () => ({ ...local.clientSettings({ accessKeyId: 'AKIAEXAMPLEEXAMPLE00' }) });
    const [one, two] = [settings(), settings()];
    expect(one.retryStrategy).not.toBe(two.retryStrategy);
    local.faults.push({ service: 'ec2', kind: 'throttle', times: 4 });
    const before = local.clock.now();
    await new EC2Client(one).send(new DescribeVpcsCommand({}));
    expect(local.calls).toHaveLength(5);
    expect(local.clock.now() - before).toBeGreaterThan(1000);
    await local.close();
  });
});
