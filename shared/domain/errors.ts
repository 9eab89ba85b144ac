/** Base of all errors that this project throws. `retryable`: the same call may succeed later. */
export abstract class RemediatorError extends Error {
  abstract readonly retryable: boolean;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** An event that cannot be read. Names the field and what was expected. */
export class EventUnreadable extends RemediatorError {
  readonly retryable = false;
  readonly path: string;

  constructor(path: string, expected: string) {
    super(`event: ${path}: expected ${expected}`);
    this.path = path;
  }
}

/** Invalid input: a file, a description, a CIDR. */
export class InputInvalid extends RemediatorError {
  readonly retryable = false;
}

/** An AWS call that failed. `code` is the service's error code. */
export class CallFailed extends RemediatorError {
  readonly call: string;
  readonly code: string;
  readonly retryable: boolean;

  constructor(call: string, code: string, retryable: boolean, cause: unknown) {
    super(`${call}: ${code}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.call = call;
    this.code = code;
    this.retryable = retryable;
  }
}

/** A channel that did not accept a message. `retryAfterMs`: when the channel said to try again. */
export class ChannelRefused extends RemediatorError {
  readonly channel: string;
  readonly code: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(channel: string, code: string, retryable: boolean, retryAfterMs?: number) {
    super(`${channel}: ${code}`);
    this.channel = channel;
    this.code = code;
    this.retryable = retryable;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * Another invocation holds the plan. It may have crashed, so the plan is tried again after its lease expires.
 */
export class PlanBusy extends RemediatorError {
  readonly retryable = true;

  constructor(planId: string, groupId: string) {
    super(`plan ${planId} of ${groupId}: another invocation holds it; this one tries again later`);
  }
}

/** Rules that somebody modified before each attempt to remove them. */
export class RuleKeepsChanging extends RemediatorError {
  readonly retryable = true;

  constructor(groupId: string, rules: readonly { readonly id?: string }[], rounds: number) {
    const ids = rules.flatMap(({ id }) => id ?? []).join(', ');
    super(`${groupId}: somebody modified ${ids} in each of ${rounds} rounds before it could be removed`);
  }
}

/** A fact that could not be read. Controls that need the fact did not run. */
export class FactUnread extends RemediatorError {
  readonly retryable = true;
  readonly fact: string;

  constructor(fact: string, cause: unknown) {
    super(`unread: ${fact}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.fact = fact;
  }
}

/** The faults and unread facts that remain after everything possible was done for a change. */
export class Unfinished extends RemediatorError {
  readonly retryable: boolean;
  readonly causes: readonly unknown[];

  constructor(causes: readonly unknown[]) {
    super(causes.map((cause) => (cause instanceof Error ? cause.message : String(cause))).join('; '), {
      cause: causes[0],
    });
    this.causes = causes;
    this.retryable = causes.some((cause) => !(cause instanceof RemediatorError) || cause.retryable);
  }
}

/** A policy with errors. Contains all errors, each with its place. */
export class PolicyInvalid extends RemediatorError {
  readonly retryable = false;
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}
