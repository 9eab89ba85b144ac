import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { alertFor } from '../shared/alerts/alert.ts';
import { cellPorts, groupsIn } from '../shared/aws/cell.ts';
import { TELEMETRY } from '../shared/catalogue.ts';
import type { Outcome } from '../shared/model/decision.ts';
import { remediate } from '../shared/pipeline/remediate.ts';
import { readCloudTrail } from '../shared/readers/cloudtrail.ts';
import { failuresTo } from './failures.ts';
import { journalTo } from './journal.ts';
import { loadPolicy } from './policy.ts';
import { setting } from './settings.ts';

const logger = new Logger({ serviceName: TELEMETRY.service });
const metrics = new Metrics({ namespace: TELEMETRY.namespace, serviceName: TELEMETRY.service });
const policy = loadPolicy();
const clock = { now: Date.now, sleep: async (ms: number) => await sleep(ms) };
const journal = journalTo(logger, metrics);
const cell = cellPorts({
  ledgerTable: setting('ledgerTable'),
  noticesTopicArn: setting('noticesTopic'),
  switchParameter: setting('switchParameter'),
  noticeFor: alertFor,
  clock,
});

const onChange = async (event: unknown, context: Context): Promise<readonly Outcome['status'][]> => {
  const reading = readCloudTrail(event);
  if (reading.kind === 'ignored') {
    metrics.addMetric('EventsIgnored', MetricUnit.Count, 1);
    logger.info('ignored', { reason: reading.reason });
    return [];
  }
  const { change } = reading;
  logger.appendKeys({ eventId: change.id, account: change.account, region: change.region, scope: change.scope });
  const ports = { ...cell, groups: groupsIn(change.region), clock, journal };
  return (await remediate(change, { owner: context.awsRequestId, policy, ports })).map(({ status }) => status);
};

/** EventBridge's target for what CloudTrail says of security groups: closes what the change has opened. */
export const handler = middy(onChange)
  .use(injectLambdaContext(logger, { resetKeys: true }))
  .use(logMetrics(metrics))
  .use(failuresTo(logger, metrics));
