import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { SQSBatchResponse } from 'aws-lambda';
import { alertPorts } from '../../shared/adapters/aws/cells/alert-cell.ts';
import { METRICS } from '../../shared/domain/metrics.ts';
import { readRedeliverRequest } from '../../shared/events/requests/redeliver-request.ts';
import { pagerDuty } from '../../shared/notifications/channels/pagerduty.ts';
import { slackMessage, slackMessageWithoutButtons } from '../../shared/notifications/channels/slack/message.ts';
import { slack } from '../../shared/notifications/channels/slack.ts';
import { pagerDutyEvents } from '../../shared/notifications/render/pagerduty.ts';
import { throughDoors } from '../runtime/doors.ts';
import { observed } from '../runtime/observed.ts';
import type { Handler, Runtime } from '../runtime/runtime.ts';
import { optionalSetting, setting } from '../runtime/settings.ts';
import { type BatchDelivery, batchHandler, deliverUntil, letterHandler } from './deliver-batch.ts';
import { deliveryJournalTo } from './delivery-journal.ts';

/** How messages become those of a channel. A cell without on-action shows no buttons in Slack. */
function renderersOf({ environment }: Pick<Runtime, 'environment'>): BatchDelivery['renderers'] {
  const hasButtons = optionalSetting(environment, 'actionFunction') !== undefined;
  return { slack: hasButtons ? slackMessage : slackMessageWithoutButtons, pagerDuty: pagerDutyEvents };
}

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

/** Delivers the messages that were given up, until the time is short. The request carries no message, so nobody can have one sent by it. */
const redeliverer = (
  { logger, clock }: Runtime,
  undelivered: ReturnType<typeof portsOf>['undelivered'],
  deliverLetters: ReturnType<typeof letterHandler>,
): Handler<Redelivered> => {
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
};

/** Delivers what the alert queue brings to Slack, webhooks and PagerDuty; the queue redelivers what a channel did not take. */
export const create = (runtime: Runtime): Handler<SQSBatchResponse | Redelivered> => {
  const { policy, logger, metrics } = runtime;
  const ports = portsOf(runtime);
  const delivery: BatchDelivery = {
    routes: policy.alerts.routes,
    renderers: renderersOf(runtime),
    ports,
    reportUnreadable: (receipt, fault) => {
      metrics.addMetric(METRICS.alertsRefused, MetricUnit.Count, 1);
      logger.error('unreadable', { receipt, reason: fault.message });
    },
  };
  const events: Handler<SQSBatchResponse | Redelivered> = batchHandler(delivery);
  const requests = redeliverer(runtime, ports.undelivered, letterHandler(delivery));
  return observed(runtime, throughDoors('onAlert', { events, requests }));
};
