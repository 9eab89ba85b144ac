import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import type { Handler, Runtime } from '../../../functions/runtime/runtime.ts';
import { CLIENT_SETTINGS } from '../../../shared/adapters/aws/clients/settings.ts';
import { METRIC_NAMESPACE } from '../../../shared/catalogue/settings.ts';
import { DEFAULT_CELL, type Policy } from '../../../shared/domain/policy.ts';
import type { Environment } from '../../../shared/domain/runtime.ts';
import type { Target } from '../delivery/invocation.ts';
import type { LocalAccount } from '../start.ts';
import type { Activity } from '../time/clock.ts';

/** Receives the lines that a function would write to CloudWatch Logs. */
export type LineSink = (line: string) => void;

/** Settings of all containers of a cell. */
export interface ContainerSettings {
  readonly local: LocalAccount;
  /** Access key of the functions' role. */
  readonly accessKeyId: string;
  readonly region: string;
  /** Name of the cell. */
  readonly cell: string;
  readonly environment: Environment;
  /** Default: the policy beside the bundle. */
  readonly policy?: Policy;
  /** Receives logs and metrics. */
  readonly telemetry: LineSink;
}

type Create = (runtime: Runtime) => Handler;

/**
 * The containers of a function. As in Lambda, a container handles one event at a time, a new one starts if
 * all are busy, and a container whose function has timed out is not used again. The code is loaded once for
 * the process.
 */
export function containerPool(bundle: string, settings: ContainerSettings): Target {
  const idle: Target[] = [];
  let loading: Promise<readonly [Create, Policy]> | undefined;
  const load = async (): Promise<readonly [Create, Policy]> => {
    const module: { readonly create: Create } = await import(pathToFileURL(handlerIn(bundle)).href);
    return [module.create, settings.policy ?? (await readPolicy(bundle))];
  };
  return async (event, context, activity) => {
    let container = idle.pop();
    if (container === undefined) {
      loading ??= load();
      const [create, policy] = await loading;
      container = newContainer(create, policy, settings);
    }
    try {
      return await container(event, context, activity);
    } finally {
      if (!activity.isOver) idle.push(container);
    }
  };
}

/**
 * A container. It handles one event at a time, and everything that its function does belongs to the activity
 * of that event.
 */
function newContainer(create: Create, policy: Policy, settings: ContainerSettings): Target {
  const { local, accessKeyId, region, cell, environment, telemetry } = settings;
  const { account, clock, network } = local;
  let current: Activity | undefined;
  const caller = (): Activity => {
    if (current === undefined) throw new Error('A container made a call before its first invocation');
    return current;
  };
  // Copies the property definitions, not the values: the getter creates a new retry strategy for each client.
  const clients = Object.defineProperties(
    { ...CLIENT_SETTINGS },
    Object.getOwnPropertyDescriptors(local.clientSettings({ accessKeyId, region, caller })),
  );
  const { fetch } = network.connect(caller);
  const runtime: Runtime = {
    environment,
    policy: { ...policy, cell },
    clock: {
      now: () => clock.now(),
      sleep: async (ms) => await caller().sleep(ms),
      timeout: (ms) => clock.timeout(ms),
    },
    random: account.random,
    clients,
    fetch,
    ...telemetryTo(telemetry, cell),
  };
  let handler: Handler | undefined;
  return async (event: unknown, context: Context, activity: Activity) => {
    current = activity;
    handler ??= create(runtime);
    return await handler(event, context);
  };
}

/** A function's handler: the bundle, or else the source, which Node runs without a build. */
function handlerIn(folder: string): string {
  const bundled = path.join(folder, 'handler.mjs');
  return existsSync(bundled) ? bundled : path.join(folder, 'handler.ts');
}

async function readPolicy(bundle: string): Promise<Policy> {
  return JSON.parse(await readFile(path.join(bundle, 'policy.json'), 'utf8'));
}

/** The logger and the metrics of one container of a cell. They write to the sink. */
export function telemetryTo(
  sink: LineSink,
  cell = DEFAULT_CELL,
): { readonly logger: Logger; readonly metrics: Metrics } {
  return {
    logger: new SinkLogger(sink, cell),
    metrics: new SinkMetrics(sink, cell),
  };
}

class SinkLogger extends Logger {
  constructor(sink: LineSink, cell: string) {
    super({ serviceName: cell });
    Object.assign(this, { console: consoleTo(sink) });
  }
}

class SinkMetrics extends Metrics {
  readonly #sink: LineSink;
  readonly #cell: string;

  constructor(sink: LineSink, cell: string, options: ConstructorParameters<typeof Metrics>[0] = {}) {
    super({ namespace: METRIC_NAMESPACE, serviceName: cell, logger: SILENT, ...options });
    this.#sink = sink;
    this.#cell = cell;
    Object.assign(this, { console: consoleTo(sink) });
  }

  override singleMetric(): Metrics {
    return new SinkMetrics(this.#sink, this.#cell, { singleMetric: true });
  }
}

function drop(): void {
  return undefined;
}

/** A console that writes to the sink. Powertools creates its own console, which this one replaces. */
function consoleTo(sink: LineSink): Console {
  const write = (line: unknown): void => sink(String(line));
  return Object.assign(Object.create(console), { log: write, info: write, debug: write, warn: write, error: write });
}

/** Powertools warns if there are no metrics to publish, which is common here. */
const SILENT = { trace: drop, debug: drop, info: drop, warn: drop, error: drop };
