/**
 * The content of a dead-letter queue of the cell: events that EventBridge could not deliver, invocations that
 * failed in all attempts, alerts that no channel accepted.
 */
export type DeadLetterKind = 'event' | 'invocation' | 'alert';

/** A message of a dead-letter queue, as SQS returns it. */
export interface DeadLetter {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly receipt: string;
}

/** The functions with a dead-letter queue. */
export type DeadLetterRecipient = 'onChange' | 'onGrant' | 'onSchedule' | 'onConfig' | 'onAction';

/** A function that dead letters are for. */
export interface DeadLetterTarget {
  readonly recipient: DeadLetterRecipient;
  /** The name of the function in the dead letter. */
  readonly name: string;
  /** The name with the alias for requests, if the function has one. */
  readonly invokedAs: string;
}

/**
 * How to redrive a dead letter. A queue does not prove who wrote a message, so the message itself is never
 * sent again as an event. Only its ids go into a new request. `nobody`: no request is needed because the work
 * is repeated anyway.
 */
export type RedriveAction =
  | { readonly to: 'function'; readonly functionName: string; readonly request: object }
  | { readonly to: 'config-rule'; readonly rule: string }
  | { readonly to: 'nobody'; readonly because: string };

/** The result of redriving one queue. */
export interface RedriveResult {
  /** Name of the queue in the stack. */
  readonly queue: string;
  /** Number of messages that led to a request and were deleted. With a dry run, the number that would be. */
  readonly sent: number;
  /** Messages that were deleted without a request, each with the reason. */
  readonly dropped: readonly DeadLetterNote[];
  /** Messages that stay in the queue, each with the reason. */
  readonly kept: readonly DeadLetterNote[];
}

/** A message of a queue with the reason for its treatment. */
export interface DeadLetterNote {
  readonly id: string;
  readonly reason: string;
}
