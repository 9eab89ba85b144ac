import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import type { MiddlewareObj } from '@middy/core';
import middy from '@middy/core';
import { DOORS, type Door, type DoorOf, type FunctionWithDoors } from '../../shared/catalogue/doors.ts';
import type { EnvironmentSetting } from '../../shared/catalogue/settings.ts';
import { InputInvalid, RemediatorError } from '../../shared/domain/errors.ts';
import { METRICS } from '../../shared/domain/metrics.ts';
import type { Environment } from '../../shared/domain/runtime.ts';
import {
  accountIn,
  aliasIn,
  type CallerContext,
  invokedArn,
  partitionIn,
  unqualifiedArn,
} from '../../shared/events/ids.ts';
import { type Handler, optionalSetting, type Runtime } from './runtime.ts';

function isDoor<T extends object>(doors: T, name: string): name is Extract<keyof T, string> {
  return Object.hasOwn(doors, name);
}

function unknownDoor(id: FunctionWithDoors, arn: string): InputInvalid {
  const name = unqualifiedArn(arn).split(':').at(-1);
  const doors: Partial<Record<Door, { readonly from: string }>> = DOORS[id];
  const uses = Object.entries(doors).map(([door, { from }]) => `${name}:${door} is for ${from}`);
  return new InputInvalid(
    `${name} was invoked by ${aliasIn(arn) ?? 'its bare name'}: invoke one of its aliases (${uses.join('; ')})`,
  );
}

/**
 * Passes each invocation to the handler of its alias. The alias identifies the caller; the payload cannot.
 *
 * The handler rejects with InputInvalid if the alias is none of the function's doors.
 */
export function throughDoors<Id extends FunctionWithDoors, Result>(
  id: Id,
  handlers: Readonly<Record<DoorOf<Id>, Handler<Result>>>,
): Handler<Result> {
  return async (event, context) => {
    const door = aliasIn(context.invokedFunctionArn) ?? '';
    if (!isDoor(handlers, door)) throw unknownDoor(id, context.invokedFunctionArn);
    return await handlers[door](event, context);
  };
}

/** Logs and metrics. */
type Telemetry = Pick<Runtime, 'logger' | 'metrics'>;

/** Settings with an ARN of the function's own account. */
const OWN_ARNS = ['noticesTopic', 'alertsSecret'] as const satisfies readonly EnvironmentSetting[];

/** The function's own account, region and partition. Lambda sets `AWS_REGION` for every function. */
function functionPlace(environment: Environment): CallerContext {
  const [arn = ''] = OWN_ARNS.flatMap((name) => optionalSetting(environment, name) ?? []);
  return { region: environment['AWS_REGION'] ?? '', account: accountIn(arn), partition: partitionIn(arn) };
}

/** Completes the ARN of the invocation, from which handlers read the account, the region and the alias. */
function withFullArn<Result>(environment: Environment, handler: Handler<Result>): Handler<Result> {
  return async (event, context) => {
    const invokedFunctionArn = invokedArn(context.invokedFunctionArn, functionPlace(environment));
    const isWhole = invokedFunctionArn === context.invokedFunctionArn;
    return await handler(event, isWhole ? context : { ...context, invokedFunctionArn });
  };
}

/**
 * Logs and counts errors, and rethrows them. Lambda retries the event, then puts it into the failure queue,
 * which has an alarm.
 */
function failureReporter({ logger, metrics }: Telemetry): MiddlewareObj {
  return {
    onError: ({ error }) => {
      metrics.addMetric(METRICS.failures, MetricUnit.Count, 1);
      const retryable = error instanceof RemediatorError ? error.retryable : true;
      logger.error('failed', { error: error ?? new Error('rejected with nothing'), retryable });
    },
  };
}

/**
 * Disables middy's rejection 5 ms before the function's timeout, because its timer would not follow a virtual
 * clock. Lambda stops and retries the invocation anyway.
 *
 * @see https://middy.js.org/docs/intro/early-interrupt
 */
const NO_EARLY_TIMEOUT = { timeoutEarlyInMillis: 0 };

/**
 * Adds to a handler: the request id in each log line, metrics, failure reports, and the complete ARN of each
 * invocation.
 */
export function observed<Result>(
  runtime: Telemetry & Pick<Runtime, 'environment'>,
  handler: Handler<Result>,
): Handler<Result> {
  const { logger, metrics, environment } = runtime;
  const wrapped = middy(withFullArn(environment, handler), NO_EARLY_TIMEOUT)
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(logMetrics(metrics))
    .use(failureReporter(runtime));
  return async (event, context) => await wrapped(event, context);
}
