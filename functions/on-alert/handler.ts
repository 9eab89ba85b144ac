import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { SQSBatchResponse } from 'aws-lambda';
import { pagerDutyEvents } from '../../shared/alerts/pagerduty.ts';
import { slackMessage } from '../../shared/alerts/slack/message.ts';
import { alertPorts } from '../../shared/aws/alert-cell.ts';
import { pagerDuty } from '../../shared/channels/pagerduty.ts';
import { slack } from '../../shared/channels/slack.ts';
import { METRICS } from '../../shared/model/metrics.ts';
import { observed } from '../runtime/observed.ts';
import type { Handler, Runtime } from '../runtime/runtime.ts';
import { setting } from '../runtime/settings.ts';
import { batchHandler } from './deliver-batch.ts';
import { deliveryJournalTo } from './delivery-journal.ts';

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

/** The alert queue's target: delivers to Slack, webhooks and PagerDuty. The queue redelivers what a channel did not take. */
export const create = (runtime: Runtime): Handler<SQSBatchResponse> => {
  const { policy, logger, metrics } = runtime;
  const deliverBatch = batchHandler({
    routes: policy.alerts.routes,
    renderers: RENDERERS,
    ports: portsOf(runtime),
    reportUnreadable: (receipt, fault) => {
      metrics.addMetric(METRICS.alertsRefused, MetricUnit.Count, 1);
      logger.error('unreadable', { receipt, reason: fault.message });
    },
  });
  return observed(runtime, deliverBatch);
};
