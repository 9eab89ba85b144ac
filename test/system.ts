import type { Clock, Http } from '../shared/domain/runtime.ts';

/** The machine's clock, for tests in real time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms) => await new Promise((resolve) => void setTimeout(resolve, ms)),
  timeout: (ms) => AbortSignal.timeout(ms),
};

/** The machine's network. */
export const systemHttp: Http = { fetch, clock: systemClock };

/** The clock and the environment with which a person signs on this machine. */
export const onThisMachine = { clock: systemClock, environment: process.env };
