/** What a dead-letter queue of the cell holds: events that EventBridge kept, invocations that a function gave up, alerts that no channel took. */
export type DeadLetterKind = 'event' | 'invocation' | 'alert';

/** A message of a dead-letter queue, as SQS gives it. */
export interface DeadLetter {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly receipt: string;
}

/** How a dead letter is sent again: to a function, with the event that it was given first, or back to the queue that feeds on-alert. */
export type Resend =
  | { readonly to: 'function'; readonly functionName: string; readonly payload: string }
  | { readonly to: 'alerts'; readonly body: string };

/** What became of one queue's messages. */
export interface Redriven {
  /** Its name in the stack. */
  readonly queue: string;
  /** Sent again, and deleted here; with a dry run, what would be. */
  readonly sent: number;
  /** Messages that stay, each with the reason. */
  readonly kept: readonly { readonly id: string; readonly reason: string }[];
}
