import type { Random } from '../../../shared/domain/runtime.ts';
import type { Fetch } from '../network/network.ts';
import { Activity, elapsed, type LocalClock, timeoutSignal } from './clock.ts';

/**
 * The only file of the embedded account that uses the machine's clock, randomness and network. All other
 * files get them injected.
 */

function after(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}

const keeper = { after, changed: () => undefined };

/** Real time, for the command line and for clients of other languages. */
export const machineClock: LocalClock = {
  now: () => Date.now(),
  sleep: async (ms) => await elapsed(keeper, ms),
  timeout: (ms) => timeoutSignal(keeper, ms),
  after,
  begin: (name) => new Activity(name, keeper),
  run: async (work) => await work,
};

/** `fetch` over sockets. */
export const machineFetch: Fetch = async (url, init) => await fetch(url, init);

/** In [0, 1), unpredictable. */
export const machineRandom: Random = () => Math.random();
