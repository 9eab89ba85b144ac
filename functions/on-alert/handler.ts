import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { SQSBatchResponse } from 'aws-lambda';
import { pagerDutyEvents } from '../../shared/alerts/pagerduty.ts';
import { slackMessage } from '../../shared/alerts/slack/message.ts';
import { alertPorts } from '../../shared/aws/alert-cell.ts';
import { pagerDuty } from '../../shared/channels/pagerduty.ts';
import { slack } from '../../shared/channels/slack.ts';
import { EventUnreadable } from '../../shared/model/errors.ts';
import { METRICS } from '../../shared/model/metrics.ts';
import { deliver, type Parcel } from '../../shared/pipeline/deliver/deliver.ts';
import { readMessage } from '../../shared/readers/message.ts';
import { readSqsBatch } from '../../shared/readers/sqs-batch.ts';
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

/** Reads a batch, each message by itself. Throws EventUnreadable for what is no batch. */
export const readPost = (event: unknown): Post => {
  const parcels: Parcel[] = [];
  const unreadable: { receipt: string; fault: EventUnreadable }[] = [];
  for (const { receipt, body } of readSqsBatch(event)) {
    try {
      parcels.push({ receipt, message: readMessage(body) });
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
  return {
    ...alertPorts({ ledgerTable, alertsSecret: setting(environment, 'alertsSecret'), clients, clock, random }),
    slack: (botToken: string | undefined) => slack({ ...http, api, botToken }),
    pager: pagerDuty(setting(environment, 'pagerDutyApi'), http),
    clock,
    journal: deliveryJournalTo(logger, metrics),
  };
};

/** The queue's target: tells Slack, webhooks and PagerDuty; what some channel did not take, the queue brings again. */
export const create = (runtime: Runtime): Handler<SQSBatchResponse> => {
  const { policy, clock, logger, metrics } = runtime;
  const { routes } = policy.alerts;
  const ports = portsOf(runtime);
  return observed(runtime, async (event, context) => {
    const until = clock.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
    const { parcels, unreadable } = readPost(event);
    for (const { receipt, fault } of unreadable) {
      metrics.addMetric(METRICS.alertsRefused, MetricUnit.Count, 1);
      logger.error('unreadable', { receipt, reason: fault.message });
    }
    const owner = context.awsRequestId;
    const failed = await deliver(parcels, { routes, renderers: RENDERERS, ports, owner, until });
    const receipts = [...unreadable.map(({ receipt }) => receipt), ...failed];
    return { batchItemFailures: receipts.map((itemIdentifier) => ({ itemIdentifier })) };
  });
};
