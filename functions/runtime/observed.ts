import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy, { type MiddlewareObj } from '@middy/core';
import type { Setting } from '../../shared/catalogue/settings.ts';
import { RemediatorError } from '../../shared/domain/errors.ts';
import { METRICS } from '../../shared/domain/metrics.ts';
import type { Environment } from '../../shared/domain/ports.ts';
import { accountIn, type CallingPlace, invokedArn, partitionIn } from '../../shared/events/function-arn.ts';
import type { Handler, Runtime } from './runtime.ts';
import { optionalSetting } from './settings.ts';

/** What telemetry is kept with. */
type Telemetry = Pick<Runtime, 'logger' | 'metrics'>;

/** Settings that hold an ARN of the function's own account. */
const OWN_ARNS = ['noticesTopic', 'alertsSecret'] as const satisfies readonly Setting[];

/** The function's own account, region and partition. Lambda sets `AWS_REGION` for every function. */
function ownPlace(environment: Environment): CallingPlace {
  const [arn = ''] = OWN_ARNS.flatMap((name) => optionalSetting(environment, name) ?? []);
  return { region: environment['AWS_REGION'] ?? '', account: accountIn(arn), partition: partitionIn(arn) };
}

/** Completes the ARN of the invocation: handlers read the account, the region and the alias from it. */
function withWholeArn<Result>(environment: Environment, handler: Handler<Result>): Handler<Result> {
  return async (event, context) => {
    const invokedFunctionArn = invokedArn(context.invokedFunctionArn, ownPlace(environment));
    const isWhole = invokedFunctionArn === context.invokedFunctionArn;
    return await handler(event, isWhole ? context : { ...context, invokedFunctionArn });
  };
}

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

/** A handler that logs each line with its request's id, publishes its metrics and failures, and gets the whole ARN of each invocation. */
export const observed = <Result>(
  runtime: Telemetry & Pick<Runtime, 'environment'>,
  handler: Handler<Result>,
): Handler<Result> => {
  const { logger, metrics, environment } = runtime;
  const wrapped = middy(withWholeArn(environment, handler), NO_EARLY_TIMEOUT)
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(logMetrics(metrics))
    .use(failuresTo(runtime));
  return async (event, context) => await wrapped(event, context);
};
