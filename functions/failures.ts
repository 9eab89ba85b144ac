import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { MiddlewareObj } from '@middy/core';
import { RemediatorError } from '../shared/model/errors.ts';
import { METRICS } from '../shared/model/metrics.ts';

/**
 * Logs and counts what a handler rejects with, and lets it go on: Lambda retries the event and then keeps it in the failure queue,
 * on whose depth an alarm stands.
 */
export const failuresTo = (logger: Logger, metrics: Metrics): MiddlewareObj => ({
  onError: ({ error }) => {
    metrics.addMetric(METRICS.failures, MetricUnit.Count, 1);
    const retryable = error instanceof RemediatorError ? error.retryable : true;
    logger.error('failed', { error: error ?? new Error('rejected with nothing'), retryable });
  },
});
