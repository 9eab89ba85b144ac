import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { grantQueueTo, lazyTrail } from '../../shared/adapters/aws/cells/cell.ts';
import { recordPorts } from '../../shared/adapters/aws/cells/record-cell.ts';
import { lazily } from '../../shared/adapters/aws/lazily.ts';
import type { DoorOf } from '../../shared/catalogue/doors.ts';
import { EventUnreadable } from '../../shared/domain/errors.ts';
import type { GrantQueue, SweepRequest } from '../../shared/domain/invocations.ts';
import type { CloudTrailHistory } from '../../shared/domain/ledger.ts';
import { METRICS } from '../../shared/domain/metrics.ts';
import { isCanaryRequest, readSweepRequest } from '../../shared/events/requests/internal-request.ts';
import type { DutyResult } from '../../shared/workflows/schedule/cell.ts';
import { countExpiringSoon } from '../../shared/workflows/schedule/exemptions.ts';
import { runDueWork } from '../../shared/workflows/schedule/run-due-work.ts';
import type { SweepResult } from '../../shared/workflows/sweep/sweep.ts';
import { accountOf, cellRegions, cellSettings } from '../runtime/cell.ts';
import { observed, throughDoors } from '../runtime/handler.ts';
import { type Handler, type Runtime, setting } from '../runtime/runtime.ts';

/**
 * Runs scheduled work: due work every few minutes, the canary twice an hour, and a sweep every few hours. A
 * request can only start or continue a sweep.
 */
export function create(runtime: Runtime): Handler<Result> {
  const common = scheduleFunction(runtime);
  const events: Handler<Result> = async (event, context) => {
    if (isCanaryRequest(event)) return await requestCanaries(runtime);
    const request = readSweepRequest(event);
    return request === undefined ? await runDuties(common) : await runSweep(request, context, common);
  };
  const requests: Handler<Result> = async (event, context) => {
    const request = readSweepRequest(event);
    if (request === undefined) throw new EventUnreadable('do', 'a request to sweep');
    return await runSweep(request, context, common);
  };
  return observed(runtime, throughDoors('onSchedule', { events, requests }));
}

/** The door through which a sweep continues in another invocation. */
const OWN_DOOR = 'requests' satisfies DoorOf<'onSchedule'>;

/** State shared by all invocations. */
interface ScheduleFunction {
  readonly runtime: Runtime;
  readonly ports: ReturnType<typeof recordPorts> & {
    readonly trail: CloudTrailHistory;
    readonly grantQueue: GrantQueue;
  };
  /** Loads the code of a sweep on demand, because most invocations do not sweep. */
  readonly sweeper: () => Promise<(request: SweepRequest, context: Context) => Promise<SweepResult>>;
}

function scheduleFunction(runtime: Runtime): ScheduleFunction {
  const { environment, policy } = runtime;
  const settings = cellSettings(runtime);
  const ports = {
    ...recordPorts({ ...settings, changeFunction: setting(environment, 'changeFunction') }),
    trail: lazyTrail(runtime.clients),
    grantQueue: grantQueueTo(setting(environment, 'grantFunction'), runtime.clients),
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
        ports: { ...ports, ...reach, sweepQueue: relayTo(`${context.functionName}:${OWN_DOOR}`) },
      });
  });
  return { runtime, ports, sweeper };
}

async function runSweep(
  request: SweepRequest,
  context: Context,
  { runtime, sweeper }: ScheduleFunction,
): Promise<SweepResult> {
  const { logger, metrics } = runtime;
  const swept = await (await sweeper())(request, context);
  metrics.addMetric(METRICS.groupsSwept, MetricUnit.Count, swept.groups);
  logger.info('swept', { ...swept });
  return swept;
}

/** Asks on-grant for a canary rule in each region of the cell, and returns the regions. */
async function requestCanaries(runtime: Runtime): Promise<readonly string[]> {
  const { environment, clients, logger } = runtime;
  const [{ canaries }, { functionsClient }, { putCanaries }] = await Promise.all([
    import('../../shared/adapters/aws/lambda.ts'),
    import('../../shared/adapters/aws/lambda.ts'),
    import('../../shared/workflows/schedule/run-due-work.ts'),
  ]);
  const regions = cellRegions(runtime);
  await putCanaries(regions, {
    canaryQueue: canaries(functionsClient(clients), setting(environment, 'grantFunction')),
  });
  logger.info('asked for canaries', { regions });
  return regions;
}

async function runDuties({ runtime, ports }: ScheduleFunction): Promise<readonly DutyResult[]> {
  const { policy, logger, metrics } = runtime;
  const done = await runDueWork({ policy, ports });
  metrics.addMetric('DutiesDone', MetricUnit.Count, done.length);
  metrics.addMetric(METRICS.exemptionsExpiring, MetricUnit.Count, await countExpiringSoon({ policy, ports }));
  logger.info('kept time', { done });
  return done;
}

type Result = readonly DutyResult[] | readonly string[] | SweepResult;
