import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { handoverTo, lazyTrail } from '../../shared/adapters/aws/cells/cell.ts';
import { recordPorts } from '../../shared/adapters/aws/cells/grant-cell-records.ts';
import { lazily } from '../../shared/adapters/aws/lazily.ts';
import type { DoorOf } from '../../shared/catalogue/doors.ts';
import { EventUnreadable } from '../../shared/domain/errors.ts';
import type { Handover } from '../../shared/domain/grants.ts';
import { METRICS } from '../../shared/domain/metrics.ts';
import type { Trail } from '../../shared/domain/requests/confirmation.ts';
import type { SweepRequest } from '../../shared/domain/sweep.ts';
import { isCanaryRequest } from '../../shared/events/requests/canary-request.ts';
import { readSweepRequest } from '../../shared/events/requests/sweep-request.ts';
import type { Done } from '../../shared/workflows/schedule/cell.ts';
import { runningOut } from '../../shared/workflows/schedule/exemptions.ts';
import { keepTime } from '../../shared/workflows/schedule/keep-time.ts';
import type { Swept } from '../../shared/workflows/sweep/sweep.ts';
import { accountOf, cellRegions, cellSettings } from '../runtime/cell.ts';
import { throughDoors } from '../runtime/doors.ts';
import { observed } from '../runtime/observed.ts';
import type { Handler, Runtime } from '../runtime/runtime.ts';
import { setting } from '../runtime/settings.ts';

/** The door by which a sweep goes on in another invocation. */
const OWN_DOOR = 'requests' satisfies DoorOf<'onSchedule'>;

/** What every invocation shares. */
interface Shared {
  readonly runtime: Runtime;
  readonly ports: ReturnType<typeof recordPorts> & { readonly trail: Trail; readonly handover: Handover };
  /** The code of a sweep and what it reaches: loaded by the first, as most invocations keep times. */
  readonly sweeper: () => Promise<(request: SweepRequest, context: Context) => Promise<Swept>>;
}

const shared = (runtime: Runtime): Shared => {
  const { environment, policy } = runtime;
  const settings = cellSettings(runtime);
  const ports = {
    ...recordPorts({ ...settings, changeFunction: setting(environment, 'changeFunction') }),
    trail: lazyTrail(runtime.clients),
    handover: handoverTo(setting(environment, 'grantFunction'), runtime.clients),
  };
  const sweeper = lazily(async () => {
    const [{ sweep }, { sweepReach }] = await Promise.all([
      import('../../shared/workflows/sweep/sweep.ts'),
      import('../../shared/adapters/aws/cells/sweep-cell.ts'),
    ]);
    const { relayTo, ...reach } = sweepReach(settings);
    return async (request: SweepRequest, context: Context) =>
      await sweep(request, {
        policy,
        account: accountOf(context),
        regions: cellRegions(runtime),
        remainingMs: () => context.getRemainingTimeInMillis(),
        ports: { ...ports, ...reach, relay: relayTo(`${context.functionName}:${OWN_DOOR}`) },
      });
  });
  return { runtime, ports, sweeper };
};

const sweeping = async (request: SweepRequest, context: Context, { runtime, sweeper }: Shared): Promise<Swept> => {
  const { logger, metrics } = runtime;
  const swept = await (await sweeper())(request, context);
  metrics.addMetric(METRICS.groupsSwept, MetricUnit.Count, swept.groups);
  logger.info('swept', { ...swept });
  return swept;
};

/** Has on-grant put the canary in each region of the cell, and returns the regions. Its code loads when it is needed, for the same reason. */
const puttingCanaries = async (runtime: Runtime): Promise<readonly string[]> => {
  const { environment, clients, logger } = runtime;
  const [{ canaries }, { functionsClient }, { putCanaries }] = await Promise.all([
    import('../../shared/adapters/aws/dynamodb/canaries.ts'),
    import('../../shared/adapters/aws/lambda/invoke.ts'),
    import('../../shared/workflows/schedule/put-canaries.ts'),
  ]);
  const regions = cellRegions(runtime);
  await putCanaries(regions, {
    canaries: canaries(functionsClient(clients), setting(environment, 'grantFunction')),
  });
  logger.info('asked for canaries', { regions });
  return regions;
};

const keepingTimes = async ({ runtime, ports }: Shared): Promise<readonly Done[]> => {
  const { policy, logger, metrics } = runtime;
  const done = await keepTime({ policy, ports });
  metrics.addMetric('DutiesDone', MetricUnit.Count, done.length);
  metrics.addMetric(METRICS.exemptionsExpiring, MetricUnit.Count, await runningOut({ policy, ports }));
  logger.info('kept time', { done });
  return done;
};

type Result = readonly Done[] | readonly string[] | Swept;

/**
 * EventBridge's target every few minutes, for what time brings about, twice an hour for the canary, and every few hours for a sweep. A request
 * can have it sweep, or go on with a sweep, and nothing else.
 */
export const create = (runtime: Runtime): Handler<Result> => {
  const common = shared(runtime);
  const events: Handler<Result> = async (event, context) => {
    if (isCanaryRequest(event)) return await puttingCanaries(runtime);
    const request = readSweepRequest(event);
    return request === undefined ? await keepingTimes(common) : await sweeping(request, context, common);
  };
  const requests: Handler<Result> = async (event, context) => {
    const request = readSweepRequest(event);
    if (request === undefined) throw new EventUnreadable('do', 'a request to sweep');
    return await sweeping(request, context, common);
  };
  return observed(runtime, throughDoors('onSchedule', { events, requests }));
};
