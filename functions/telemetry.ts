import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { TELEMETRY } from '../shared/catalogue/settings.ts';
import type { Clock } from '../shared/model/ports.ts';
import { failuresTo } from './failures.ts';

/** The function's log: structured, every line with the request's id. */
export const logger = new Logger({ serviceName: TELEMETRY.service });

/** The function's metrics, in the log's embedded format. */
export const metrics = new Metrics({ namespace: TELEMETRY.namespace, serviceName: TELEMETRY.service });

/** The machine's clock. */
export const clock: Clock = { now: Date.now, sleep: async (ms) => await sleep(ms) };

/** A handler whose log, metrics and failures are kept. */
export const observed = <T>(handler: (event: unknown, context: Context) => Promise<T>) =>
  middy(handler)
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(logMetrics(metrics))
    .use(failuresTo(logger, metrics));
