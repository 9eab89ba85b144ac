import type { Context } from 'aws-lambda';
import { newUuid, type Random } from './account/ids.ts';

/** A function's handler as Lambda calls it. */
export type Target = (event: unknown, context: Context) => Promise<unknown>;

/** An event that the target rejected three times: what would stand in its failure destination. */
export interface DeliveryFailure {
  readonly event: unknown;
  readonly awsRequestId: string;
  /** What the last attempt was rejected with. */
  readonly error: unknown;
  readonly attempts: number;
}

/** How a target is invoked. */
export interface InvocationOptions {
  readonly target: Target;
  /** `NAME`, or `NAME:ALIAS` where it is invoked by an alias. */
  readonly functionName: string;
  readonly accountId: string;
  readonly region: string;
  readonly random: Random;
  /** The function's timeout, in milliseconds: what getRemainingTimeInMillis counts down from. */
  readonly timeoutMs: number;
}

/** Lambda tries an asynchronous invocation once and then twice again. @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const ATTEMPTS = 3;

function forbidden(): never {
  throw new Error('nodejs24.x has no callback handlers: return a promise');
}

/** The context object of one attempt. */
function contextOf(options: InvocationOptions, awsRequestId: string): Context {
  const { functionName: invoked, region, accountId, timeoutMs } = options;
  const [functionName = ''] = invoked.split(':');
  const startedAt = performance.now();
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${region}:${accountId}:function:${invoked}`,
    memoryLimitInMB: '256',
    awsRequestId,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, timeoutMs - (performance.now() - startedAt)),
    done: forbidden,
    fail: forbidden,
    succeed: forbidden,
  };
}

/** How a synchronous invocation ended. */
export type InvocationResult = { readonly value: unknown } | { readonly error: unknown };

/** Invokes a target once, with its own copy of the event, and waits for what comes of it; never rejects. */
export async function invokeOnce(options: InvocationOptions, event: unknown): Promise<InvocationResult> {
  try {
    return { value: await options.target(structuredClone(event), contextOf(options, newUuid(options.random))) };
  } catch (error) {
    return { error };
  }
}

/**
 * Invokes a target asynchronously as Lambda does: a rejected attempt is followed by two more with the same request id, each
 * with its own copy of the event. Resolves with the failure where all three were rejected; never rejects.
 */
export async function invokeAsync(options: InvocationOptions, event: unknown): Promise<DeliveryFailure | undefined> {
  const awsRequestId = newUuid(options.random);
  let error: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      await options.target(structuredClone(event), contextOf(options, awsRequestId));
      return undefined;
    } catch (cause) {
      error = cause;
    }
  }
  return { event, awsRequestId, error, attempts: ATTEMPTS };
}
