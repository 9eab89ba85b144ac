import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Context } from 'aws-lambda';
import type { Handler, Runtime } from '../../functions/runtime/runtime.ts';
import { CLIENT_SETTINGS } from '../../shared/adapters/aws/clients/client-settings.ts';
import type { Policy } from '../../shared/domain/controls/policy.ts';
import type { Environment } from '../../shared/domain/ports.ts';
import type { Target } from './invocation.ts';
import type { LocalAccount } from './start.ts';
import { type LineSink, telemetryTo } from './telemetry.ts';
import type { Activity } from './time/clock.ts';

/** What the containers of all functions of a cell have in common. */
export interface ContainerSettings {
  readonly local: LocalAccount;
  /** Of the functions' role. */
  readonly accessKeyId: string;
  readonly region: string;
  /** Name of the cell. */
  readonly cell: string;
  readonly environment: Environment;
  /** Default: the one beside the bundle. */
  readonly policy?: Policy;
  /** Takes the logs and metrics. */
  readonly telemetry: LineSink;
}

type Create = (runtime: Runtime) => Handler;

/** A container: it handles one event at a time, and everything that its function does is done in the activity of that event. */
const newContainer = (create: Create, policy: Policy, settings: ContainerSettings): Target => {
  const { local, accessKeyId, region, cell, environment, telemetry } = settings;
  const { account, clock, network } = local;
  let current: Activity | undefined;
  const caller = (): Activity => {
    if (current === undefined) throw new Error('a container did something before its first invocation');
    return current;
  };
  // The definitions are copied, not the values: the retry strategy is a new one for each client that spreads the settings.
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
};

/** A function's handler: bundled, or else the source, which Node runs as it is. */
function handlerIn(folder: string): string {
  const bundled = path.join(folder, 'handler.mjs');
  return existsSync(bundled) ? bundled : path.join(folder, 'handler.ts');
}

const readPolicy = async (bundle: string): Promise<Policy> =>
  JSON.parse(await readFile(path.join(bundle, 'policy.json'), 'utf8'));

/**
 * A function. As Lambda does, a container handles one event at a time, another one is started if all are busy, and one whose
 * function has timed out is not used again. Its code is loaded once for the process.
 */
export const containers = (bundle: string, settings: ContainerSettings): Target => {
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
};
