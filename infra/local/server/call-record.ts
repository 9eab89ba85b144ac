import type { ServiceName } from './wire.ts';

/** One call, as the account's log keeps it. Times in milliseconds: `at` by the account's clock, the others by the machine's. */
export interface CallRecord {
  readonly service: ServiceName;
  readonly operation: string;
  readonly region: string;
  readonly accessKeyId: string;
  /** From 0, in the order in which calls began. */
  readonly sequence: number;
  readonly at: number;
  readonly startedAt: number;
  /** NaN while the call is under way. */
  endedAt: number;
  /** The typed input, as decoded; `{}` where it could not be. */
  input: object;
  /** AWS's code where the call failed. */
  errorCode?: string;
}
