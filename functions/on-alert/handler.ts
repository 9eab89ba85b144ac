import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse } from 'aws-lambda';
import { alertPorts } from '../../shared/adapters/aws/cells/alert-cell.ts';
import { EventUnreadable } from '../../shared/domain/errors.ts';
import { METRICS } from '../../shared/domain/metrics.ts';
import { accountIn } from '../../shared/events/ids.ts';
import { readRedeliverRequest } from '../../shared/events/requests/internal-request.ts';
import { type QueueRecord, readQueuedMessage, readSqsBatch } from '../../shared/events/requests/queued-message.ts';
import { channelAdapters } from '../../shared/notifications/channels/registry.ts';
import type { DeliveryInvocation } from '../../shared/notifications/dispatch/channel-worker.ts';
import { deliver, type QueuedAlert } from '../../shared/notifications/dispatch/deliver.ts';
import { observed, throughDoors } from '../runtime/handler.ts';
import { type Handler, optionalSetting, type Runtime, setting } from '../runtime/runtime.ts';
import { deliveryJournal } from './journal.ts';

/** Delivers what the alert queue brings to Slack, webhooks and PagerDuty; the queue redelivers what a channel did not take. */
export function create(runtime: Runtime): Handler<SQSBatchResponse | Redelivered> {
  const { policy, logger, metrics } = runtime;
  const ports = alertFunctionPorts(runtime);
  const delivery: BatchDelivery = {
    routes: policy.alerts.routes,
    ports,
    reportUnreadable: (receipt, fault) => {
      metrics.addMetric(METRICS.alertsRefused, MetricUnit.Count, 1);
      logger.error('unreadable', { receipt, reason: fault.message });
    },
  };
  const events: Handler<SQSBatchResponse | Redelivered> = batchHandler(delivery);
  const requests = redeliverHandler(runtime, ports.undelivered, messagesHandler(delivery));
  return observed(runtime, throughDoors('onAlert', { events, requests }));
}

/** What delivering queued messages depends on. */
interface BatchDelivery extends Omit<DeliveryInvocation, 'owner' | 'until'> {
  /** Logs and counts a body that is not a message. */
  readonly reportUnreadable: (receipt: string, fault: EventUnreadable) => void;
}

/** What is used of an invocation's context. */
type BatchContext = Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis' | 'invokedFunctionArn'>;

/** Longest time that a delivery may take once it has begun, ms: two calls of 5 s, and their notes. */
const DELIVERY_RESERVE_MS = 20_000;

/** Until when a delivery may begin in this invocation, milliseconds since the epoch. */
function deliverUntil(now: number, context: Pick<Context, 'getRemainingTimeInMillis'>): number {
  return now + context.getRemainingTimeInMillis() - DELIVERY_RESERVE_MS;
}

/** The messages of a batch, and the bodies that are not messages. */
interface ReadBatch {
  readonly alerts: readonly QueuedAlert[];
  /** They go back to the queue until SQS moves them to the failure queue, where people find them. */
  readonly unreadable: readonly { readonly receipt: string; readonly fault: EventUnreadable }[];
}

/**
 * Reads queued messages, each by itself.
 *
 * @param account the cell's own.
 */
export function readBatch(letters: readonly QueueRecord[], account: string): ReadBatch {
  const parcels: QueuedAlert[] = [];
  const unreadable: { receipt: string; fault: EventUnreadable }[] = [];
  for (const letter of letters) {
    const { receipt } = letter;
    try {
      parcels.push({ receipt, message: readQueuedMessage(letter, account) });
    } catch (fault) {
      if (!(fault instanceof EventUnreadable)) throw fault;
      unreadable.push({ receipt, fault });
    }
  }
  return { alerts: parcels, unreadable };
}

/** Delivers queued messages, and answers the receipts of those that are to be tried again. */
function messagesHandler({ reportUnreadable, ...cell }: BatchDelivery) {
  return async (letters: readonly QueueRecord[], context: BatchContext): Promise<ReadonlySet<string>> => {
    const until = deliverUntil(cell.ports.clock.now(), context);
    const { alerts: parcels, unreadable } = readBatch(letters, accountIn(context.invokedFunctionArn));
    for (const { receipt, fault } of unreadable) reportUnreadable(receipt, fault);
    const failed = await deliver(parcels, { ...cell, owner: context.awsRequestId, until });
    return new Set([...unreadable.map(({ receipt }) => receipt), ...failed]);
  };
}

/**
 * Makes the handler of the alert queue's batches. Its response lists every message that some channel did not take and every unreadable
 * body, because SQS deletes the messages that the response does not list.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function batchHandler(delivery: BatchDelivery) {
  const deliverLetters = messagesHandler(delivery);
  return async (event: unknown, context: BatchContext): Promise<SQSBatchResponse> => {
    const failed = await deliverLetters(readSqsBatch(event), context);
    return { batchItemFailures: Array.from(failed, (itemIdentifier) => ({ itemIdentifier })) };
  };
}

function alertFunctionPorts({ environment, clients, clock, random, fetch, logger, metrics }: Runtime) {
  const ledgerTable = setting(environment, 'ledgerTable');
  const alertsSecret = setting(environment, 'alertsSecret');
  const undeliveredUrl = setting(environment, 'undeliveredAlerts');
  return {
    ...alertPorts({ ledgerTable, alertsSecret, undeliveredUrl, clients, clock, random }),
    channels: channelAdapters({
      http: { fetch, clock },
      slackApi: setting(environment, 'slackApi'),
      pagerDutyApi: setting(environment, 'pagerDutyApi'),
      hasButtons: optionalSetting(environment, 'actionFunction') !== undefined,
    }),
    clock,
    journal: deliveryJournal(logger, metrics),
  };
}

/** What came of a request to deliver again what was given up. */
export interface Redelivered {
  readonly kind: 'redelivered';
  readonly delivered: number;
  /** They stay in the queue; the log says why. */
  readonly kept: number;
}

/** Delivers the messages that were given up, until the time is short. The request carries no message, so nobody can have one sent by it. */
function redeliverHandler(
  { logger, clock }: Runtime,
  undelivered: ReturnType<typeof alertFunctionPorts>['undelivered'],
  deliverLetters: ReturnType<typeof messagesHandler>,
): Handler<Redelivered> {
  return async (event, context) => {
    readRedeliverRequest(event);
    const until = deliverUntil(clock.now(), context);
    let [delivered, kept] = [0, 0];
    for (let letters = await undelivered.take(); letters.length > 0; letters = await undelivered.take()) {
      const failed = await deliverLetters(letters, context);
      const done = letters.filter(({ receipt }) => !failed.has(receipt));
      for (const { receipt } of done) await undelivered.done(receipt);
      [delivered, kept] = [delivered + done.length, kept + failed.size];
      if (clock.now() >= until) break;
    }
    logger.info('redelivered', { delivered, kept });
    return { kind: 'redelivered', delivered, kept };
  };
}
