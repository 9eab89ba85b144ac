import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse } from 'aws-lambda';
import { pagerDutyEvents } from '../../shared/alerts/pagerduty.ts';
import { slackMessage } from '../../shared/alerts/slack/message.ts';
import { alertPorts } from '../../shared/aws/alert-cell.ts';
import { pagerDuty } from '../../shared/channels/pagerduty.ts';
import { slack } from '../../shared/channels/slack.ts';
import { EventUnreadable } from '../../shared/model/errors.ts';
import { METRICS } from '../../shared/model/metrics.ts';
import { deliver, type Parcel } from '../../shared/pipeline/deliver/deliver.ts';
import { readQueuedMessage } from '../../shared/readers/queued-message.ts';
import { readRedeliverRequest } from '../../shared/readers/redeliver-request.ts';
import { type Letter, readSqsBatch } from '../../shared/readers/sqs-batch.ts';
import { accountOf } from '../runtime/cell.ts';
import { throughDoors } from '../runtime/doors.ts';
import { observed } from '../runtime/observed.ts';
import type { Handler, Runtime } from '../runtime/runtime.ts';
import { setting } from '../runtime/settings.ts';
import { deliveryJournalTo } from './delivery-journal.ts';

/** What a delivery that has begun may take at the longest, ms: two calls of 5 s, and their notes. */
const RESERVE_MS = 20_000;

/** What a batch of the queue comes to. */
interface Post {
  readonly parcels: readonly Parcel[];
  /** What is no message: it goes back until it is in the failure queue, where somebody finds it. */
  readonly unreadable: readonly { readonly receipt: string; readonly fault: EventUnreadable }[];
}

/**
 * Reads messages, each by itself.
 *
 * @param account the cell's own.
 */
export const readPost = (letters: readonly Letter[], account: string): Post => {
  const parcels: Parcel[] = [];
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
  return { parcels, unreadable };
};

const RENDERERS = { slack: slackMessage, pagerDuty: pagerDutyEvents };

const portsOf = ({ environment, clients, clock, random, fetch, logger, metrics }: Runtime) => {
  const http = { fetch, clock };
  const ledgerTable = setting(environment, 'ledgerTable');
  const api = setting(environment, 'slackApi');
  const undeliveredUrl = setting(environment, 'undeliveredAlerts');
  return {
    ...alertPorts({
      ledgerTable,
      alertsSecret: setting(environment, 'alertsSecret'),
      undeliveredUrl,
      clients,
      clock,
      random,
    }),
    slack: (botToken: string | undefined) => slack({ ...http, api, botToken }),
    pager: pagerDuty(setting(environment, 'pagerDutyApi'), http),
    clock,
    journal: deliveryJournalTo(logger, metrics),
  };
};

/** What came of a request to deliver again what was given up. */
export interface Redelivered {
  readonly kind: 'redelivered';
  readonly delivered: number;
  /** They stay in the queue; the log says why. */
  readonly kept: number;
}

/**
 * Tells Slack, webhooks and PagerDuty what the alert queue brings; what some channel did not take, the queue brings again. A request has it
 * try again what it gave up. The request carries no message, so that nobody can have one told by it.
 */
export const create = (runtime: Runtime): Handler<SQSBatchResponse | Redelivered> => {
  const { policy, clock, logger, metrics } = runtime;
  const { routes } = policy.alerts;
  const ports = portsOf(runtime);
  const untilOf = (context: Context): number => clock.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
  /** Answers the receipts of the messages that are to be tried again. */
  const handOut = async (letters: readonly Letter[], context: Context): Promise<ReadonlySet<string>> => {
    const { parcels, unreadable } = readPost(letters, accountOf(context));
    for (const { receipt, fault } of unreadable) {
      metrics.addMetric(METRICS.alertsRefused, MetricUnit.Count, 1);
      logger.error('unreadable', { receipt, reason: fault.message });
    }
    const owner = context.awsRequestId;
    const failed = await deliver(parcels, { routes, renderers: RENDERERS, ports, owner, until: untilOf(context) });
    return new Set([...unreadable.map(({ receipt }) => receipt), ...failed]);
  };
  const events: Handler<SQSBatchResponse> = async (event, context) => {
    const failed = await handOut(readSqsBatch(event), context);
    return { batchItemFailures: Array.from(failed, (itemIdentifier) => ({ itemIdentifier })) };
  };
  const requests: Handler<Redelivered> = async (event, context) => {
    readRedeliverRequest(event);
    const until = untilOf(context);
    let [delivered, kept] = [0, 0];
    for (let letters = await ports.undelivered.take(); letters.length > 0; letters = await ports.undelivered.take()) {
      const failed = await handOut(letters, context);
      const done = letters.filter(({ receipt }) => !failed.has(receipt));
      for (const { receipt } of done) await ports.undelivered.done(receipt);
      [delivered, kept] = [delivered + done.length, kept + failed.size];
      if (clock.now() >= until) break;
    }
    logger.info('redelivered', { delivered, kept });
    return { kind: 'redelivered', delivered, kept };
  };
  return observed(runtime, throughDoors('onAlert', { events, requests }));
};
