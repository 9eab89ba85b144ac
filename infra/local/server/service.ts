import type { AwsError } from '../account/aws-error.ts';
import type { Caller } from '../account/operation.ts';
import type { Region } from '../account/region.ts';
import type { Activity } from '../time/clock.ts';
import type { Reply, WireRequest } from './wire.ts';

/** What an operation is performed on, and for whom. */
export interface Invocation {
  readonly request: WireRequest;
  readonly operation: string;
  readonly input: object;
  readonly region: Region;
  readonly caller: Caller;
  readonly requestId: string;
  /** What waits for the clock while the operation is performed waits in this activity. */
  readonly activity: Activity;
}

/** What an operation gave: its output in the SDK's type, and the same on the wire. */
interface Performed {
  readonly output: object;
  readonly reply: Reply;
}

/** One AWS service in its wire protocol. */
export interface Service {
  /** The operation's name; throws AwsError where the request names none. */
  operationOf(request: WireRequest): string;
  /** The typed input. Throws AwsError for an unknown operation or an unreadable body. */
  read(request: WireRequest, operation: string): Promise<object>;
  /** Does it. Throws AwsError. */
  perform(invocation: Invocation): Promise<Performed>;
  /** An error on the wire, in the form that the request asks for. */
  refuse(error: AwsError, requestId: string, request: WireRequest): Reply;
  /** Releases what the service holds. */
  close(): Promise<void>;
}
