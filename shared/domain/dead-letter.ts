/** What a dead-letter queue of the cell holds: events that EventBridge kept, invocations that a function gave up, alerts that no channel took. */
export type DeadLetterKind = 'event' | 'invocation' | 'alert';

/** A message of a dead-letter queue, as SQS gives it. */
export interface DeadLetter {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly receipt: string;
}

/** Functions whose events and invocations may lie in such a queue. */
export type DeadLetterRecipient = 'onChange' | 'onGrant' | 'onSchedule' | 'onConfig' | 'onAction';

/** A function that a dead letter may be for. */
export interface DeadLetterTarget {
  readonly recipient: DeadLetterRecipient;
  /** As the letter names it. */
  readonly name: string;
  /** The name, with the alias for requests where the function has one. */
  readonly invokedAs: string;
}

/**
 * What is done about a dead letter. Nothing of it is sent as an event again: a queue is no proof of who wrote it. A request is made of the
 * ids in it; `nobody`: what it asked for comes again by itself.
 */
export type RedriveAction =
  | { readonly to: 'function'; readonly functionName: string; readonly request: object }
  | { readonly to: 'config-rule'; readonly rule: string }
  | { readonly to: 'nobody'; readonly because: string };

/** What became of one queue's messages. */
export interface RedriveResult {
  /** Its name in the stack. */
  readonly queue: string;
  /** Asked for again, and deleted here; with a dry run, what would be. */
  readonly sent: number;
  /** Deleted without a request, each with the reason. */
  readonly dropped: readonly DeadLetterNote[];
  /** Messages that stay, each with the reason. */
  readonly kept: readonly DeadLetterNote[];
}

/** A message of a queue, and why it was treated so. */
export interface DeadLetterNote {
  readonly id: string;
  readonly reason: string;
}
