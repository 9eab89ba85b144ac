import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse } from 'aws-lambda';
import { pagerDutyEvents } from '../shared/alerts/pagerduty.ts';
import { slackMessage } from '../shared/alerts/slack/message.ts';
import { alertPorts } from '../shared/aws/alert-cell.ts';
import { pagerDuty } from '../shared/channels/pagerduty.ts';
import { slack } from '../shared/channels/slack.ts';
import { METRICS } from '../shared/model/metrics.ts';
import { deliver } from '../shared/pipeline/deliver/deliver.ts';
import { deliveryJournalTo } from './delivery-journal.ts';
import { readPost } from './parcels.ts';
import { loadPolicy } from './policy.ts';
import { setting } from './settings.ts';
import { clock, logger, metrics, observed } from './telemetry.ts';

/** What a delivery that has begun may take at the longest, ms: two calls of 5 s, and their notes. */
const RESERVE_MS = 20_000;

const { routes } = loadPolicy().alerts;
const ports = {
  ...alertPorts({ ledgerTable: setting('ledgerTable'), alertsSecret: setting('alertsSecret'), clock }),
  slack: (botToken: string | undefined) => slack({ api: setting('slackApi'), botToken, fetch }),
  pager: pagerDuty(setting('pagerDutyApi'), fetch),
  clock,
  journal: deliveryJournalTo(logger, metrics),
};
const renderers = { slack: slackMessage, pagerDuty: pagerDutyEvents };

const onAlert = async (event: unknown, context: Context): Promise<SQSBatchResponse> => {
  const until = clock.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
  const { parcels, unreadable } = readPost(event);
  for (const { receipt, fault } of unreadable) {
    metrics.addMetric(METRICS.alertsRefused, MetricUnit.Count, 1);
    logger.error('unreadable', { receipt, reason: fault.message });
  }
  const failed = await deliver(parcels, { routes, renderers, ports, owner: context.awsRequestId, until });
  const receipts = [...unreadable.map(({ receipt }) => receipt), ...failed];
  return { batchItemFailures: receipts.map((itemIdentifier) => ({ itemIdentifier })) };
};

/** The queue's target: tells Slack, webhooks and PagerDuty; what some channel did not take, the queue brings again. */
export const handler = observed(onAlert);
