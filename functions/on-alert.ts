import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { pagerDutyEvents } from '../shared/alerts/pagerduty.ts';
import { slackMessage } from '../shared/alerts/slack/message.ts';
import { alertPorts } from '../shared/aws/alert-cell.ts';
import { pagerDuty } from '../shared/channels/pagerduty.ts';
import { slack } from '../shared/channels/slack.ts';
import { METRICS } from '../shared/model/metrics.ts';
import { batchHandler } from './deliver-batch.ts';
import { deliveryJournalTo } from './delivery-journal.ts';
import { loadPolicy } from './policy.ts';
import { setting } from './settings.ts';
import { clock, logger, metrics, observed } from './telemetry.ts';

const { routes } = loadPolicy().alerts;
const ports = {
  ...alertPorts({ ledgerTable: setting('ledgerTable'), alertsSecret: setting('alertsSecret'), clock }),
  slack: (botToken: string | undefined) => slack({ api: setting('slackApi'), botToken, fetch }),
  pager: pagerDuty(setting('pagerDutyApi'), fetch),
  clock,
  journal: deliveryJournalTo(logger, metrics),
};
const renderers = { slack: slackMessage, pagerDuty: pagerDutyEvents };

const onAlert = batchHandler({
  routes,
  renderers,
  ports,
  reportUnreadable: (receipt, fault) => {
    metrics.addMetric(METRICS.alertsRefused, MetricUnit.Count, 1);
    logger.error('unreadable', { receipt, reason: fault.message });
  },
});

/** The queue's target: tells Slack, webhooks and PagerDuty; what some channel did not take, the queue brings again. */
export const handler = observed(onAlert);
