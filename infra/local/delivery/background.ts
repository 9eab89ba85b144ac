import { enqueue, type OutgoingMessage } from '../services/sqs/queues.ts';
import type { Account } from '../state/account.ts';
import type { LocalClock } from '../time/clock.ts';
import { type DeliveryFailure, type InvocationOptions, invokeAsync, type Wait } from './invocation.ts';

/** A message for a dead-letter queue or an on-failure destination. */
export interface FailureMessage extends OutgoingMessage {
  readonly queueArn: string;
}

/** Puts the message into its queue. Answers the queue's name, or undefined if there is no such queue: in AWS, too, the message is lost then. */
function sendToFailureQueue(account: Account, { queueArn, ...sending }: FailureMessage): string | undefined {
  const [, , , regionName = '', , name = ''] = queueArn.split(':');
  const region = account.region(regionName);
  const queue = region.queues.get(name);
  if (!queue) return undefined;
  enqueue(region, queue, sending);
  return name;
}

function responsePayload(error: unknown): object {
  if (!(error instanceof Error)) return { errorType: 'Error', errorMessage: String(error) };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
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

function text(value: string) {
  return { type: 'String', value };
}

/**
 * What EventBridge sends to a rule's dead-letter queue for an event whose target does not exist: the event, and why it was not delivered.
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

/** What goes on in an account after the calls that set it off were answered. */
export interface Background {
  /** Counts work as in progress until it has ended. The work must never reject. */
  track(work: Promise<void>): void;
  /** Waits on the clock, for work that is tracked. */
  readonly wait: Wait;
  /** Begins an asynchronous invocation, with Lambda's retries. An event that is given up goes to the failure queue of its function. */
  invoke(options: InvocationOptions, event: unknown): void;
  /** Records an event that is given up, and puts it into a queue if one is stated. */
  recordFailure(failure: DeliveryFailure, message?: FailureMessage): void;
  /** Lets time pass until nothing is in progress any more, including what the work itself has set off and what waits for its time. */
  drain(): Promise<void>;
  /** Ends all waits: retries that are due later become failures. Resolves when nothing is in progress any more. */
  stop(): Promise<void>;
  /** Calls `listener` with each event that is given up; returns how to stop. */
  onFailure(listener: (failure: DeliveryFailure) => void): () => void;
  /** Events that were given up, live. */
  readonly failures: readonly DeliveryFailure[];
}

/** Waits on the clock that end when the signal aborts. */
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

/** Nothing in progress yet. */
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

  function giveUp(failure: DeliveryFailure, message?: FailureMessage): void {
    const keptIn = message && sendToFailureQueue(account, message);
    const recorded = { ...failure, ...(keptIn !== undefined && { keptIn }) };
    failures.push(recorded);
    for (const listener of listeners) listener(recorded);
  }

  async function toItsEnd(options: InvocationOptions, event: unknown): Promise<void> {
    const failure = await invokeAsync(options, event, wait);
    if (!failure) return;
    const { failureQueueArn: queueArn } = options;
    giveUp(failure, queueArn === undefined ? undefined : { queueArn, body: invocationRecord(failure, clock.now()) });
  }

  async function idle(): Promise<void> {
    while (running.size > 0) await Promise.all(running);
  }

  return {
    track,
    wait,
    invoke: (options, event) => track(toItsEnd(options, event)),
    recordFailure: giveUp,
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
