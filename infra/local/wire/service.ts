import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticOperationSchema } from '@smithy/types';
import type { Region } from '../state/account.ts';
import type { AwsError, Caller } from '../state/operation.ts';
import type { Principal } from '../state/principals.ts';
import type { Activity } from '../time/clock.ts';
import type { Reply, WireRequest } from './messages.ts';

/** The SDK's schemas of one operation's input and output. */
export interface OperationSchema {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
}

/** Static schemas are tuples that open with their kind; 9 is an operation. */
function isOperation(value: unknown): value is StaticOperationSchema {
  return Array.isArray(value) && value[0] === 9;
}

/** Whether the service that an SDK client package is for has an operation of this name. */
export function hasOperation(sdk: object, name: string): boolean {
  return isOperation(Reflect.get(sdk, `${name}$`));
}

/** The schema that an SDK client package exports for an operation as `<name>$`. Throws RangeError where it exports none. */
export function operationSchema(sdk: object, name: string): OperationSchema {
  const schema: unknown = Reflect.get(sdk, `${name}$`);
  if (!isOperation(schema)) throw new RangeError(`The SDK's client package exports no operation schema ${name}$`);
  return { name, input: NormalizedSchema.of(schema[4]), output: NormalizedSchema.of(schema[5]) };
}

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

/** How one call ended, for CloudTrail and AWS Config. */
export interface CallOutcome {
  readonly service: string;
  readonly invocation: Invocation;
  readonly principal: Principal;
  readonly userAgent: string;
  readonly result: { readonly output: object } | { readonly error: AwsError };
}

/** The errors of a service for injected faults. */
export type FaultErrors = Readonly<
  Record<'throttle' | 'internal-error' | 'unauthorized', Pick<AwsError, 'code' | 'message' | 'status'>>
>;
