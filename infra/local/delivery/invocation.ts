import type { Context } from 'aws-lambda';
import { type Random, uuid } from '../../../shared/domain/runtime.ts';
import { LOG_STREAM, logGroupName } from '../services/logs.ts';
import type { Activity, LocalClock } from '../time/clock.ts';

/** A function's handler. Its waits and calls belong to the activity. */
export type Target = (event: unknown, context: Context, activity: Activity) => Promise<unknown>;

/**
 * Lambda's settings for asynchronous invocations of a function or an alias. An alias does not inherit the
 * function's settings.
 */
export interface AsyncSettings {
  /** Retries of a failed attempt, 0 to 2. Default: 2. */
  readonly retries?: number;
  /** Maximum age of an event when an attempt begins, in milliseconds. Default: 6 hours. */
  readonly maxEventAgeMs?: number;
  /** ARN of the SQS queue for events that fail for good. Default: none. */
  readonly failureQueueArn?: string;
}

/** An event that failed for good. */
export interface DeliveryFailure {
  readonly functionName: string;
  readonly functionArn: string;
  readonly event: unknown;
  readonly awsRequestId: string;
  /** The error of the last attempt. */
  readonly error: unknown;
  readonly attempts: number;
  /**
   * `Stopped`: the account was stopped before the next attempt. `FunctionNotFound`: the function does not
   * exist. The other conditions are Lambda's own.
   */
  readonly condition: 'RetriesExhausted' | 'EventAgeExceeded' | 'Stopped' | 'FunctionNotFound';
  /**
   * Name of the queue that has the event now. Absent: no queue has it, and this is the only record of the
   * event.
   */
  readonly failureQueueName?: string;
}

/** How a target is invoked. */
export interface InvocationOptions extends AsyncSettings {
  readonly target: Target;
  /** `NAME`, or `NAME:ALIAS` for an invocation by an alias. */
  readonly functionName: string;
  readonly accountId: string;
  readonly region: string;
  readonly random: Random;
  readonly clock: LocalClock;
  /** The function's timeout, in milliseconds. */
  readonly timeoutMs: number;
}

/** The error that Lambda reports for a timeout. */
class FunctionTimedOut extends Error {
  override readonly name = 'Sandbox.Timedout';

  constructor(awsRequestId: string, timeoutMs: number) {
    super(`RequestId: ${awsRequestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`);
  }
}

/** The error of a function that a `crash` fault has ended. */
class FunctionCrashed extends Error {
  override readonly name = 'Runtime.ExitError';

  constructor(awsRequestId: string) {
    super(`RequestId: ${awsRequestId} Error: Runtime exited without providing a reason`);
  }
}

/**
 * Lambda retries an asynchronous invocation after 1 and then 2 minutes.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
const RETRY_AFTER_MS = [60_000, 120_000] as const;

const MAX_EVENT_AGE_MS = 21_600_000;

function refuseCallback(): never {
  throw new Error('nodejs24.x has no callback handlers: return a promise');
}

/** ARN of a function, with its alias if the name has one. */
export function functionArnOf({
  region,
  accountId,
  functionName,
}: Pick<InvocationOptions, 'region' | 'accountId' | 'functionName'>): string {
  return `arn:aws:lambda:${region}:${accountId}:function:${functionName}`;
}

/** The context object of one attempt. */
function contextOf(options: InvocationOptions, awsRequestId: string): Context {
  const { functionName: invoked, timeoutMs, clock } = options;
  const [functionName = ''] = invoked.split(':');
  const endsAt = clock.now() + timeoutMs;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: functionArnOf(options),
    memoryLimitInMB: '256',
    awsRequestId,
    logGroupName: logGroupName(functionName),
    logStreamName: LOG_STREAM,
    getRemainingTimeInMillis: () => Math.max(0, endsAt - clock.now()),
    done: refuseCallback,
    fail: refuseCallback,
    succeed: refuseCallback,
  };
}

/**
 * One attempt, with its own copy of the event. Rejects with the target's error, FunctionTimedOut or
 * FunctionCrashed. After a timeout or crash, the target's calls fail, its sleeps never end, and its result is
 * discarded.
 */
async function attempt(
  options: InvocationOptions,
  event: unknown,
  { awsRequestId, parent }: { readonly awsRequestId: string; readonly parent?: Activity | undefined },
): Promise<unknown> {
  const { target, clock, timeoutMs, functionName } = options;
  const name = `${functionName} ${awsRequestId}`;
  const activity = parent ? parent.begin(name) : clock.begin(name);
  const deadline = Promise.withResolvers<never>();
  const cancel = clock.after(timeoutMs, () => {
    activity.end();
    deadline.reject(new FunctionTimedOut(awsRequestId, timeoutMs));
  });
  activity.onCrash = () => deadline.reject(new FunctionCrashed(awsRequestId));
  try {
    const result = target(structuredClone(event), contextOf(options, awsRequestId), activity);
    return await Promise.race([result, deadline.promise]);
  } finally {
    cancel();
    activity.end();
  }
}

/** Result of a synchronous invocation. */
export type InvocationResult = { readonly value: unknown } | { readonly error: unknown };

/** Invokes a target once and waits for its result. Never rejects. The activity `parent` waits for it. */
export async function invokeOnce(
  options: InvocationOptions,
  event: unknown,
  parent?: Activity,
): Promise<InvocationResult> {
  try {
    return { value: await attempt(options, event, { awsRequestId: uuid(options.random), parent }) };
  } catch (error) {
    return { error };
  }
}

/** Waits on the clock. Resolves with `stopped` if the account is stopped before the time has passed. */
export type Wait = (ms: number) => Promise<'elapsed' | 'stopped'>;

/**
 * Invokes a target asynchronously, as Lambda does: up to two retries follow a failed attempt, with the same
 * request id. Resolves with the failure if all attempts failed or the event became too old. Never rejects.
 */
export async function invokeAsync(
  options: InvocationOptions,
  event: unknown,
  wait: Wait,
): Promise<DeliveryFailure | undefined> {
  const { functionName, random, clock, maxEventAgeMs = MAX_EVENT_AGE_MS, retries = RETRY_AFTER_MS.length } = options;
  const functionArn = functionArnOf(options);
  const awsRequestId = uuid(random);
  const staleAt = clock.now() + maxEventAgeMs;
  for (let attempts = 1; ; attempts += 1) {
    try {
      await attempt(options, event, { awsRequestId });
      return undefined;
    } catch (error) {
      const failure = { functionName, functionArn, event, awsRequestId, error, attempts };
      const pauseMs = RETRY_AFTER_MS.slice(0, retries)[attempts - 1];
      if (pauseMs === undefined) return { ...failure, condition: 'RetriesExhausted' };
      if (clock.now() + pauseMs > staleAt) return { ...failure, condition: 'EventAgeExceeded' };
      if ((await wait(pauseMs)) === 'stopped') return { ...failure, condition: 'Stopped' };
    }
  }
}
