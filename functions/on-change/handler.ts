import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { cellPorts, groupsByRegion, handoverTo } from '../../shared/aws/cell.ts';
import type { Outcome } from '../../shared/model/decision.ts';
import type { Cell } from '../../shared/pipeline/cell.ts';
import { withoutFact } from '../../shared/pipeline/enabled.ts';
import { remediate } from '../../shared/pipeline/remediate.ts';
import { type EventReading, readCloudTrail } from '../../shared/readers/cloudtrail.ts';
import { readLookRequest } from '../../shared/readers/look-request.ts';
import { cellSettings } from '../runtime/cell.ts';
import { observed } from '../runtime/observed.ts';
import type { Handler, Runtime } from '../runtime/runtime.ts';
import { setting } from '../runtime/settings.ts';
import { cellFindings } from './findings.ts';
import { journalTo } from './journal.ts';
import { changeOf, takenBack } from './requests.ts';

type Statuses = readonly Outcome['status'][];

const statusesOf = (outcomes: readonly Outcome[]): Statuses => outcomes.map(({ status }) => status);

/** The cell for one invocation, in a region. */
type CellIn = (region: string) => Cell;

const handle = async (
  reading: EventReading,
  cellIn: CellIn,
  { logger, metrics }: Pick<Runtime, 'logger' | 'metrics'>,
): Promise<Statuses> => {
  if (reading.kind === 'ignored') {
    metrics.addMetric('EventsIgnored', MetricUnit.Count, 1);
    logger.info('ignored', { reason: reading.reason });
    return [];
  }
  const { change } = reading;
  logger.appendKeys({ eventId: change.id, account: change.account, region: change.region, scope: change.scope });
  return statusesOf(await remediate(change, cellIn(change.region)));
};

/** Makes what every invocation shares: the policy, and the ports except those of one region. */
const shared = (runtime: Runtime) => {
  const { clients, clock, environment, logger, metrics } = runtime;
  const findings = cellFindings(runtime);
  const ports = {
    ...cellPorts(cellSettings(runtime)),
    ...(findings && { findings }),
    handover: handoverTo(setting(environment, 'grantFunction'), clients),
    clock,
    journal: journalTo(logger, metrics),
  };
  // This role may not list functions, because their environment variables would come along. So no control can rely on what names a group.
  return { policy: withoutFact(runtime.policy, 'referencedBy'), ports, groupsIn: groupsByRegion(clients) };
};

/** EventBridge's target for what CloudTrail says of security groups: closes what the change has opened. */
export const create = (runtime: Runtime): Handler<Statuses> => {
  const { clock, logger } = runtime;
  const { policy, ports, groupsIn } = shared(runtime);
  return observed(runtime, async (event, { awsRequestId: owner }) => {
    const cellIn: CellIn = (region) => ({ owner, policy, ports: { ...ports, groups: groupsIn(region) } });
    const request = readLookRequest(event);
    if (request === undefined) return await handle(readCloudTrail(event), cellIn, runtime);
    logger.info('asked', { request });
    const { ledger } = ports;
    if (request.do === 'take-back') return statusesOf(await takenBack(request, cellIn, ledger));
    return await handle(await changeOf(request, { ledger, clock, requestId: owner }), cellIn, runtime);
  });
};
