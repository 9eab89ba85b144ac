import { CallFailed } from '../../domain/errors.ts';
import type { Clock } from '../../domain/runtime.ts';
import { call } from './call.ts';

/** Why a call that succeeded did not accept one of its entries. */
export interface EntryRefusal {
  readonly code: string;
  readonly message: string;
}

/** Waits before the second and the third attempt, ms. */
const WAITS_MS = [200, 1000];

/** As the SDK reports errors: the name is the service's code. */
function asError({ code, message }: EntryRefusal): Error {
  return Object.assign(new Error(message), { name: code });
}

/**
 * Sends one entry until the call accepts it, at most three times, and only once if a retry cannot help.
 * Throws CallFailed with the entry's own code.
 */
export async function retryEntry(
  name: string,
  send: () => Promise<EntryRefusal | undefined>,
  clock: Pick<Clock, 'sleep'>,
): Promise<void> {
  for (const wait of [...WAITS_MS, undefined]) {
    const refusal = await call(name, send());
    if (refusal === undefined) return;
    const fault = await call(name, Promise.reject(asError(refusal))).catch((error: unknown) => error);
    if (wait === undefined || !(fault instanceof CallFailed && fault.retryable)) throw fault;
    await clock.sleep(wait);
  }
}
