import type { ServiceName } from './wire.ts';

/** One call, as the account's log keeps it. Times are epoch milliseconds on the account's clock. */
export interface CallRecord {
  readonly service: ServiceName;
  readonly operation: string;
  readonly region: string;
  readonly accessKeyId: string;
  /** From 0, in the order in which calls began. */
  readonly sequence: number;
  readonly startedAt: number;
  /** NaN while the call is in progress. */
  endedAt: number;
  /** Place of the call's begin and end among the begins and ends of all calls, to tell whether two calls overlapped. */
  readonly begun: number;
  /** NaN while the call is in progress. */
  ended: number;
  /** The typed input, as decoded; `{}` if it could not be decoded. */
  input: object;
  /** AWS's code if the call failed. */
  errorCode?: string;
}
