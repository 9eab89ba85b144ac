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

/** Delivers the messages of the alert queue to the channels. */
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
  /** Logs and counts an unreadable message. */
  readonly reportUnreadable: (receipt: string, fault: EventUnreadable) => void;
}

/** The used part of an invocation's context. */
type BatchContext = Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis' | 'invokedFunctionArn'>;

/** Longest time of one delivery, ms: two calls of 5 s and their records. */
const DELIVERY_RESERVE_MS = 20_000;

/** Time until which a delivery may start in this invocation, milliseconds since the epoch. */
function deliverUntil(now: number, context: Pick<Context, 'getRemainingTimeInMillis'>): number {
  return now + context.getRemainingTimeInMillis() - DELIVERY_RESERVE_MS;
}

/** The readable and the unreadable messages of a batch. */
interface ReadBatch {
  readonly alerts: readonly QueuedAlert[];
  /** These stay in the queue until SQS moves them to the dead-record queue, where people find them. */
  readonly unreadable: readonly { readonly receipt: string; readonly fault: EventUnreadable }[];
}

/**
 * Reads queued messages.
 *
 * @param account of the cell.
 */
export function readBatch(records: readonly QueueRecord[], account: string): ReadBatch {
  const alerts: QueuedAlert[] = [];
  const unreadable: { receipt: string; fault: EventUnreadable }[] = [];
  for (const record of records) {
    const { receipt } = record;
    try {
      alerts.push({ receipt, message: readQueuedMessage(record, account) });
    } catch (fault) {
      if (!(fault instanceof EventUnreadable)) throw fault;
      unreadable.push({ receipt, fault });
    }
  }
  return { alerts, unreadable };
}

/** Delivers queued messages, and returns the receipts of those that the queue should deliver again. */
function messagesHandler({ reportUnreadable, ...cell }: BatchDelivery) {
  return async (records: readonly QueueRecord[], context: BatchContext): Promise<ReadonlySet<string>> => {
    const until = deliverUntil(cell.ports.clock.now(), context);
    const { alerts, unreadable } = readBatch(records, accountIn(context.invokedFunctionArn));
    for (const { receipt, fault } of unreadable) reportUnreadable(receipt, fault);
    const failed = await deliver(alerts, { ...cell, owner: context.awsRequestId, until });
    return new Set([...unreadable.map(({ receipt }) => receipt), ...failed]);
  };
}

/**
 * Makes the handler of the alert queue's batches. Its response lists every message that some channel lacks
 * and every unreadable message, because SQS deletes all others.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function batchHandler(delivery: BatchDelivery) {
  const deliverRecords = messagesHandler(delivery);
  return async (event: unknown, context: BatchContext): Promise<SQSBatchResponse> => {
    const failed = await deliverRecords(readSqsBatch(event), context);
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

/** The result of a request to deliver the dead-record queue. */
export interface Redelivered {
  readonly kind: 'redelivered';
  readonly delivered: number;
  /** Number of messages that stay in the queue; the log has the reasons. */
  readonly kept: number;
}

/**
 * Delivers messages from the dead-record queue while there is time. The request contains no message, so it
 * cannot send one.
 */
function redeliverHandler(
  { logger, clock }: Runtime,
  undelivered: ReturnType<typeof alertFunctionPorts>['undelivered'],
  deliverRecords: ReturnType<typeof messagesHandler>,
): Handler<Redelivered> {
  return async (event, context) => {
    readRedeliverRequest(event);
    const until = deliverUntil(clock.now(), context);
    let [delivered, kept] = [0, 0];
    for (let records = await undelivered.take(); records.length > 0; records = await undelivered.take()) {
      const failed = await deliverRecords(records, context);
      const done = records.filter(({ receipt }) => !failed.has(receipt));
      for (const { receipt } of done) await undelivered.done(receipt);
      [delivered, kept] = [delivered + done.length, kept + failed.size];
      if (clock.now() >= until) break;
    }
    logger.info('redelivered', { delivered, kept });
    return { kind: 'redelivered', delivered, kept };
  };
}
