import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { CLIENT_SETTINGS } from '../../shared/adapters/aws/clients/settings.ts';
import { METRIC_NAMESPACE } from '../../shared/catalogue/settings.ts';
import { DEFAULT_CELL, type Policy } from '../../shared/domain/policy.ts';
import type { Clock } from '../../shared/domain/runtime.ts';
import { optionalSetting, type Runtime } from './runtime.ts';

/** The policy beside the bundle. The build validated it. */
function loadPolicy(): Policy {
  const policy: Policy = JSON.parse(readFileSync(new URL('policy.json', import.meta.url), 'utf8'));
  return policy;
}

const clock: Clock = {
  now: () => Date.now(),
  sleep: async (ms) => await sleep(ms),
  timeout: (ms) => AbortSignal.timeout(ms),
};

/** 32 random bits, as a number in [0, 1). */
function random(): number {
  const [bits = 0] = crypto.getRandomValues(new Uint32Array(1));
  return bits / 2 ** 32;
}

/** The runtime in Lambda: the process's environment, clock, randomness and network. */
export function lambdaRuntime(): Runtime {
  const cell = optionalSetting(process.env, 'cell') ?? DEFAULT_CELL;
  return {
    environment: process.env,
    policy: { ...loadPolicy(), cell },
    clock,
    random,
    clients: CLIENT_SETTINGS,
    fetch: async (url, init) => await fetch(url, init),
    logger: new Logger({ serviceName: cell }),
    metrics: new Metrics({ namespace: METRIC_NAMESPACE, serviceName: cell }),
  };
}
