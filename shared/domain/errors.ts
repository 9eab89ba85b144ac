/** Base of every error this project throws on purpose. `retryable` tells whether the same call may succeed later. */
export abstract class RemediatorError extends Error {
  abstract readonly retryable: boolean;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** An event that cannot be read: says which field, and what was expected there. */
export class EventUnreadable extends RemediatorError {
  readonly retryable = false;
  readonly path: string;

  constructor(path: string, expected: string) {
    super(`event: ${path}: expected ${expected}`);
    this.path = path;
  }
}

/** Input (a file, a description, a CIDR) that is not what it should be. */
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

/** A channel that did not take a message. `retryAfterMs`: it said when it will. */
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

/** Another invocation holds the plan. It may have died, so the plan is tried again once its lease has run out. */
export class PlanBusy extends RemediatorError {
  readonly retryable = true;

  constructor(planId: string, groupId: string) {
    super(`plan ${planId} of ${groupId}: another invocation holds it; this one tries again later`);
  }
}

/** Rules that somebody changed each time before they could be removed. */
export class RuleKeepsChanging extends RemediatorError {
  readonly retryable = true;

  constructor(groupId: string, rules: readonly { readonly id?: string }[], rounds: number) {
    const ids = rules.flatMap(({ id }) => id ?? []).join(', ');
    super(`${groupId}: somebody modified ${ids} in each of ${rounds} rounds before it could be removed`);
  }
}

/** A fact that could not be read; what depended on it was not judged. */
export class FactUnread extends RemediatorError {
  readonly retryable = true;
  readonly fact: string;

  constructor(fact: string, cause: unknown) {
    super(`unread: ${fact}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.fact = fact;
  }
}

/** What is left of a change after everything that could be done was done: each fault, and each fact that could not be read. */
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

/** A policy with errors, all of them at once, each with its place. */
export class PolicyInvalid extends RemediatorError {
  readonly retryable = false;
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}
