import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { recordPorts } from '../shared/aws/grant-cell-records.ts';
import type { Done } from '../shared/pipeline/schedule/cell.ts';
import { keepTime } from '../shared/pipeline/schedule/keep-time.ts';
import { cellSettings } from './cell.ts';
import { loadPolicy } from './policy.ts';
import { setting } from './settings.ts';
import { logger, metrics, observed } from './telemetry.ts';

const policy = loadPolicy();
const ports = recordPorts({ ...cellSettings(), changeFunction: setting('changeFunction') });

const onSchedule = async (): Promise<readonly Done[]> => {
  const done = await keepTime({ policy, ports });
  metrics.addMetric('DutiesDone', MetricUnit.Count, done.length);
  logger.info('kept time', { done });
  return done;
};

/** EventBridge's target every few minutes: what time brings about. */
export const handler = observed(onSchedule);
