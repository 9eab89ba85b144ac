import { type Random, uuid } from '../../../shared/domain/runtime.ts';
import type { TrailEvent } from '../services/cloudtrail/trail.ts';
import type { LocalAccount } from '../start.ts';
import type { Account } from '../state/account.ts';
import { undeliveredEvent } from './background.ts';
import { type EventPattern, eventMatches } from './event-pattern.ts';
import type { DeliveryFailure } from './invocation.ts';

/** An EventBridge rule. Events of its region that match the pattern go to the target. */
export interface DeliveryRule {
  readonly name: string;
  readonly pattern: EventPattern;
  /** The rule's region. Default: the home region. */
  readonly region?: string;
  /** The function, or the default bus of the home region, where other rules apply. Default: the function. */
  readonly target?: 'function' | 'home-bus';
}

/** Which events go to the function, and how irregularly. */
export interface DeliveryOptions {
  readonly rules: readonly DeliveryRule[];
  /** `NAME` or `NAME:ALIAS` of the function that the rules target. */
  readonly functionName: string;
  /** ARN of the queue for events that cannot be delivered. Default: none. */
  readonly deadLetterQueueArn?: string;
  /** Delivers each event twice, as at-least-once delivery allows. */
  readonly doubled?: boolean;
  /** Delivers events that wait together in random order. */
  readonly shuffled?: boolean;
  /** Default: the account's. */
  readonly random?: Random;
  /** Delay between the call and the delivery, in milliseconds. Default: 1. */
  readonly delayMs?: number;
}

/** A running delivery. */
export interface Delivery {
  /**
   * Lets time pass until no event waits and nothing runs, including work that the function itself has
   * started.
   */
  drain(): Promise<void>;
  /** Stops listening. Waiting events are still delivered. */
  stop(): void;
  /** Events that failed for good, of the function and of functions that it has invoked. */
  readonly failures: readonly DeliveryFailure[];
  /** Number of invocations that were started, without retries. */
  readonly delivered: () => number;
}

/**
 * Delivers the account's CloudTrail events to a function by EventBridge rules: after the call has returned,
 * at least once, each in an asynchronous invocation with Lambda's retries. An event is on the bus of its own
 * region only and needs a forwarder to reach the home region. Throws EventPatternError for an invalid
 * pattern, before any event.
 */
export function startDelivery(local: LocalAccount, options: DeliveryOptions): Delivery {
  const { rules, functionName, deadLetterQueueArn: queueArn, doubled = false, shuffled = false, delayMs = 1 } = options;
  for (const { pattern } of rules) eventMatches(pattern, {});
  const { background, functions, account } = local;
  const { id: accountId, homeRegion: region } = account;
  const { random = account.random } = options;
  const waiting: TrailEvent[] = [];
  let delivered = 0;

  function ruleArnOf(event: unknown): string {
    const rule = rules.find(({ pattern }) => eventMatches(pattern, event));
    return `arn:aws:events:${region}:${accountId}:rule/${rule?.name ?? ''}`;
  }

  function undeliverable(failure: DeliveryFailure) {
    return queueArn === undefined ? undefined : { queueArn, ...undeliveredEvent(ruleArnOf(failure.event), failure) };
  }

  async function flush(): Promise<void> {
    await background.wait(delayMs);
    for (const event of takeAll(waiting, shuffled ? random : undefined)) {
      delivered++;
      functions.deliver(functionName, region, event, undeliverable);
    }
  }

  const stop = local.onEvent((event) => {
    if (!reachesFunction(rules, event, event.region, region)) return;
    waiting.push(event, ...(doubled ? [event] : []));
    background.track(flush());
  });

  return {
    drain: async () => background.drain(),
    stop,
    failures: background.failures,
    delivered: () => delivered,
  };
}

/**
 * Whether an event on the bus of a region reaches the function: by a rule of that region, or by a forwarder
 * and a rule of the home region.
 */
function reachesFunction(rules: readonly DeliveryRule[], event: TrailEvent, bus: string, home: string): boolean {
  const matching = rules.filter(({ region = home, pattern }) => region === bus && eventMatches(pattern, event));
  return matching.some(
    ({ target = 'function' }) => target === 'function' || (bus !== home && reachesFunction(rules, event, home, home)),
  );
}

/** Removes and returns all waiting events, in random order if there is randomness. */
function takeAll(waiting: TrailEvent[], shuffled: Random | undefined): readonly TrailEvent[] {
  const taken = waiting.splice(0);
  return shuffled ? shuffle(taken, shuffled) : taken;
}

/** The items in random order. */
function shuffle<T>(items: readonly T[], random: Random): readonly T[] {
  const order = items.map((item) => ({ item, key: random() }));
  return order.toSorted((a, b) => a.key - b.key).map(({ item }) => item);
}

/**
 * The event of a schedule rule.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html
 */
export function scheduledEvent({ id: account, clock, random }: Account, region: string): object {
  return {
    version: '0',
    id: uuid(random),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account,
    time: new Date(clock.now()).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    region,
    resources: [`arn:aws:events:${region}:${account}:rule/Schedule`],
    detail: {},
  };
}
