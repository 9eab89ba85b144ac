import { enqueue, type OutgoingMessage } from '../services/sqs/queues.ts';
import type { Account } from '../state/account.ts';
import type { LocalClock } from '../time/clock.ts';
import { type DeliveryFailure, type InvocationOptions, invokeAsync, type Wait } from './invocation.ts';

/** A message for a dead-letter queue or an on-failure destination. */
export interface FailureMessage extends OutgoingMessage {
  readonly queueArn: string;
}

/** Work that continues after the call that started it was answered. */
export interface Background {
  /** Counts work as in progress until it settles. The work must never reject. */
  track(work: Promise<void>): void;
  /** Waits on the clock, for tracked work. */
  readonly wait: Wait;
  /**
   * Starts an asynchronous invocation with Lambda's retries. An event that fails for good goes to the
   * function's failure queue.
   */
  invoke(options: InvocationOptions, event: unknown): void;
  /** Records an event that failed for good, and sends it to a queue if a message is given. */
  recordFailure(failure: DeliveryFailure, message?: FailureMessage): void;
  /**
   * Lets time pass until no work is in progress, including work that other work has started and waits that
   * are not over yet.
   */
  drain(): Promise<void>;
  /** Ends all waits, so that pending retries become failures. Resolves when no work is in progress. */
  stop(): Promise<void>;
  /** Calls `listener` with each event that fails for good. Returns a function that unsubscribes. */
  onFailure(listener: (failure: DeliveryFailure) => void): () => void;
  /** Events that failed for good, live. */
  readonly failures: readonly DeliveryFailure[];
}

/** Background work of an account, without any work yet. */
export function startBackground(account: Account): Background {
  const { clock } = account;
  const running = new Set<Promise<void>>();
  const failures: DeliveryFailure[] = [];
  const listeners = new Set<(failure: DeliveryFailure) => void>();
  const stopping = new AbortController();
  const wait = waitUntil(stopping.signal, clock);

  function track(work: Promise<void>): void {
    running.add(work);
    void work.finally(() => running.delete(work));
  }

  function recordFailure(failure: DeliveryFailure, message?: FailureMessage): void {
    const failureQueueName = message && sendToFailureQueue(account, message);
    const recorded: DeliveryFailure = { ...failure, ...(failureQueueName !== undefined && { failureQueueName }) };
    failures.push(recorded);
    for (const listener of listeners) listener(recorded);
  }

  async function invokeWithRetries(options: InvocationOptions, event: unknown): Promise<void> {
    const failure = await invokeAsync(options, event, wait);
    if (!failure) return;
    const { failureQueueArn: queueArn } = options;
    recordFailure(
      failure,
      queueArn === undefined ? undefined : { queueArn, body: invocationRecord(failure, clock.now()) },
    );
  }

  async function idle(): Promise<void> {
    while (running.size > 0) await Promise.all(running);
  }

  return {
    track,
    wait,
    invoke: (options, event) => track(invokeWithRetries(options, event)),
    recordFailure,
    drain: async () => await clock.run(idle()),
    async stop() {
      stopping.abort();
      await clock.run(idle());
    },
    onFailure(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    failures,
  };
}

/** A wait on the clock that ends early when the signal aborts. */
function waitUntil(signal: AbortSignal, clock: LocalClock): Wait {
  return async (ms) => {
    if (signal.aborted) return 'stopped';
    const { promise, resolve } = Promise.withResolvers<'elapsed' | 'stopped'>();
    const onStop = (): void => resolve('stopped');
    signal.addEventListener('abort', onStop, { once: true });
    const cancel = clock.after(ms, () => resolve('elapsed'));
    try {
      return await promise;
    } finally {
      cancel();
      signal.removeEventListener('abort', onStop);
    }
  };
}

/**
 * Sends the message to its queue. Returns the queue's name, or undefined if the queue does not exist. AWS,
 * too, loses the message then.
 */
function sendToFailureQueue(account: Account, { queueArn, ...sending }: FailureMessage): string | undefined {
  const [, , , regionName = '', , name = ''] = queueArn.split(':');
  const region = account.region(regionName);
  const queue = region.queues.get(name);
  if (!queue) return undefined;
  enqueue(region, queue, sending);
  return name;
}

/**
 * The record that Lambda sends to a function's on-failure destination.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
function invocationRecord(failure: DeliveryFailure, now: number): string {
  const { awsRequestId: requestId, functionArn, condition, attempts, event, error } = failure;
  return JSON.stringify({
    version: '1.0',
    timestamp: new Date(now).toISOString(),
    requestContext: { requestId, functionArn, condition, approximateInvokeCount: attempts },
    requestPayload: event,
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: responsePayload(error),
  });
}

function responsePayload(error: unknown): object {
  if (!(error instanceof Error)) return { errorType: 'Error', errorMessage: String(error) };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

/**
 * The message that EventBridge sends to a rule's dead-letter queue if the event's target does not exist.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
export function undeliveredEvent(
  ruleArn: string,
  { event, functionArn, error, attempts }: DeliveryFailure,
): OutgoingMessage {
  return {
    body: JSON.stringify(event),
    attributes: {
      RULE_ARN: text(ruleArn),
      TARGET_ARN: text(functionArn),
      ERROR_CODE: text('ResourceNotFoundException'),
      ERROR_MESSAGE: text(error instanceof Error ? error.message : String(error)),
      RETRY_ATTEMPTS: text(String(attempts)),
    },
  };
}

function text(value: string) {
  return { type: 'String', value };
}
