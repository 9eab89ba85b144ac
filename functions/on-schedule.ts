import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { recordPorts } from '../shared/aws/grant-cell-records.ts';
import { METRICS } from '../shared/model/metrics.ts';
import type { SweepRequest } from '../shared/model/sweep.ts';
import type { Done } from '../shared/pipeline/schedule/cell.ts';
import { runningOut } from '../shared/pipeline/schedule/exemptions.ts';
import { keepTime } from '../shared/pipeline/schedule/keep-time.ts';
import type { Swept } from '../shared/pipeline/sweep/sweep.ts';
import { isCanaryRequest } from '../shared/readers/canary-request.ts';
import { readSweepRequest } from '../shared/readers/sweep-request.ts';
import { askCanaries } from './ask-canaries.ts';
import { cellSettings } from './cell.ts';
import { loadPolicy } from './policy.ts';
import { setting } from './settings.ts';
import { swept } from './swept.ts';
import { logger, metrics, observed } from './telemetry.ts';

const policy = loadPolicy();
const settings = cellSettings(policy);
const ports = recordPorts({ ...settings, changeFunction: setting('changeFunction') });

const sweeping = async (request: SweepRequest, context: Context): Promise<Swept> => {
  const done = await swept(request, { policy, ports, settings, context });
  metrics.addMetric(METRICS.groupsSwept, MetricUnit.Count, done.groups);
  logger.info('swept', { ...done });
  return done;
};

const putting = async (): Promise<readonly string[]> => {
  const regions = await askCanaries();
  logger.info('asked for canaries', { regions });
  return regions;
};

const onSchedule = async (event: unknown, context: Context): Promise<readonly Done[] | readonly string[] | Swept> => {
  if (isCanaryRequest(event)) return await putting();
  const request = readSweepRequest(event);
  if (request !== undefined) return await sweeping(request, context);
  const done = await keepTime({ policy, ports });
  metrics.addMetric('DutiesDone', MetricUnit.Count, done.length);
  metrics.addMetric(METRICS.exemptionsExpiring, MetricUnit.Count, await runningOut({ policy, ports }));
  logger.info('kept time', { done });
  return done;
};

/** EventBridge's target every few minutes, for what time brings about, twice an hour for the canary, and every few hours for a sweep. */
export const handler = observed(onSchedule);
