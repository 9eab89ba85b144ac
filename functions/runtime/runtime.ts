import type { Logger } from '@aws-lambda-powertools/logger';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import type { ClientSettings } from '../../shared/adapters/aws/clients/settings.ts';
import { ENVIRONMENT, type EnvironmentSetting } from '../../shared/catalogue/settings.ts';
import { InputInvalid } from '../../shared/domain/errors.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import type { Clock, Environment, Fetch, Random } from '../../shared/domain/runtime.ts';

/**
 * A setting of the cell from the function's environment.
 *
 * @throws InputInvalid naming the variable that is not set.
 */
export function setting(environment: Environment, name: EnvironmentSetting): string {
  const variable = ENVIRONMENT[name];
  const value = environment[variable];
  if (value === undefined || value === '') throw new InputInvalid(`environment: ${variable} is not set`);
  return value;
}

/** An optional setting. */
export function optionalSetting(environment: Environment, name: EnvironmentSetting): string | undefined {
  return environment[ENVIRONMENT[name]] || undefined;
}

/**
 * Everything that a function gets from outside. A function keeps no other state, so that several functions of
 * several cells can run in one process, each with its own clock.
 */
export interface Runtime {
  /** Settings of the cell (see shared/catalogue/settings.ts), and endpoints if AWS is emulated. */
  readonly environment: Environment;
  /** The policy that the build compiled. */
  readonly policy: Policy;
  readonly clock: Clock;
  readonly random: Random;
  readonly clients: ClientSettings;
  readonly fetch: Fetch;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** A function's handler. If it rejects, Lambda retries the event. */
export type Handler<Result = unknown> = (event: unknown, context: Context) => Promise<Result>;
