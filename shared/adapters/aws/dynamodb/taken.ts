import { CallFailed } from '../../../domain/errors.ts';
import type { Clock } from '../../../domain/ports.ts';
import { call } from '../call.ts';

/** What a call that succeeded says of an entry of its own that it did not take. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** Waits before the second and the third try, milliseconds. */
const WAITS = [200, 1000];

/** In the form of an SDK's error: its name is the service's code. */
const asError = ({ code, message }: Refusal): Error => Object.assign(new Error(message), { name: code });

/**
 * Sends one entry until the call takes it, three times at most where the refusal may pass by itself. Throws CallFailed with the
 * entry's own code.
 */
export const untilTaken = async (
  name: string,
  send: () => Promise<Refusal | undefined>,
  clock: Pick<Clock, 'sleep'>,
): Promise<void> => {
  for (const wait of [...WAITS, undefined]) {
    const refusal = await call(name, send());
    if (refusal === undefined) return;
    const fault = await call(name, Promise.reject(asError(refusal))).catch((error: unknown) => error);
    if (wait === undefined || !(fault instanceof CallFailed && fault.retryable)) throw fault;
    await clock.sleep(wait);
  }
};
