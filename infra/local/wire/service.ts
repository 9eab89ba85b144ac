import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticOperationSchema } from '@smithy/types';
import type { Region } from '../state/account.ts';
import type { AwsError, Caller } from '../state/operation.ts';
import type { Principal } from '../state/principals.ts';
import type { Activity } from '../time/clock.ts';
import type { Reply, WireRequest } from './messages.ts';

/** The SDK's schemas of an operation's input and output. */
export interface OperationSchema {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
}

/** Static schemas are tuples whose first element is the kind. Kind 9 is an operation. */
function isOperation(value: unknown): value is StaticOperationSchema {
  return Array.isArray(value) && value[0] === 9;
}

/** Whether an SDK client package has an operation of this name. */
export function hasOperation(sdk: object, name: string): boolean {
  return isOperation(Reflect.get(sdk, `${name}$`));
}

/**
 * The schemas of an operation, which an SDK client package exports as `<name>$`. Throws RangeError if it
 * exports none.
 */
export function operationSchema(sdk: object, name: string): OperationSchema {
  const schema: unknown = Reflect.get(sdk, `${name}$`);
  if (!isOperation(schema)) throw new RangeError(`The SDK's client package exports no operation schema ${name}$`);
  return { name, input: NormalizedSchema.of(schema[4]), output: NormalizedSchema.of(schema[5]) };
}

/** One call of an operation. */
export interface Invocation {
  readonly request: WireRequest;
  readonly operation: string;
  readonly input: object;
  readonly region: Region;
  readonly caller: Caller;
  readonly requestId: string;
  /** Waits during the call belong to this activity. */
  readonly activity: Activity;
}

/** The result of an operation: its output in the SDK's type, and the response. */
interface Performed {
  readonly output: object;
  readonly reply: Reply;
}

/** One AWS service in its wire protocol. */
export interface Service {
  /** The operation's name. Throws AwsError if the request names no operation. */
  operationOf(request: WireRequest): string;
  /** The decoded input. Throws AwsError for an unknown operation or an unreadable body. */
  read(request: WireRequest, operation: string): Promise<object>;
  /** Performs the operation. Throws AwsError. */
  perform(invocation: Invocation): Promise<Performed>;
  /** The response for an error. */
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
