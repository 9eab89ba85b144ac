import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy, { type MiddlewareObj } from '@middy/core';
import { RemediatorError } from '../../shared/model/errors.ts';
import { METRICS } from '../../shared/model/metrics.ts';
import type { Handler, Runtime } from './runtime.ts';

/** What telemetry is kept with. */
type Telemetry = Pick<Runtime, 'logger' | 'metrics'>;

/**
 * Logs and counts what a handler rejects with, and lets it go on: Lambda retries the event and then keeps it in the failure queue,
 * on whose depth an alarm stands.
 */
const failuresTo = ({ logger, metrics }: Telemetry): MiddlewareObj => ({
  onError: ({ error }) => {
    metrics.addMetric(METRICS.failures, MetricUnit.Count, 1);
    const retryable = error instanceof RemediatorError ? error.retryable : true;
    logger.error('failed', { error: error ?? new Error('rejected with nothing'), retryable });
  },
});

/**
 * By default middy rejects 5 ms before the function's timeout, by a timer of the machine, which a cell in virtual time must not depend on.
 * Lambda ends and retries the invocation anyway.
 *
 * @see https://middy.js.org/docs/intro/early-interrupt
 */
const NO_EARLY_TIMEOUT = { timeoutEarlyInMillis: 0 };

/** A handler that logs each line with its request's id, and publishes its metrics and failures. */
export const observed = <Result>(telemetry: Telemetry, handler: Handler<Result>): Handler<Result> => {
  const { logger, metrics } = telemetry;
  const wrapped = middy(handler, NO_EARLY_TIMEOUT)
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(logMetrics(metrics))
    .use(failuresTo(telemetry));
  return async (event, context) => await wrapped(event, context);
};
