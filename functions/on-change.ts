import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { cellPorts, groupsIn } from '../shared/aws/cell.ts';
import { lazyHandover } from '../shared/aws/handover-lazily.ts';
import type { Outcome } from '../shared/model/decision.ts';
import type { Cell } from '../shared/pipeline/cell.ts';
import { withoutFact } from '../shared/pipeline/enabled.ts';
import { remediate } from '../shared/pipeline/remediate.ts';
import { type EventReading, readCloudTrail } from '../shared/readers/cloudtrail.ts';
import { readLookRequest } from '../shared/readers/look-request.ts';
import { cellSettings } from './cell.ts';
import { cellFindings } from './findings.ts';
import { journalTo } from './journal.ts';
import { occasionOf } from './occasion.ts';
import { loadPolicy } from './policy.ts';
import { setting } from './settings.ts';
import { takenBack } from './take-back.ts';
import { clock, logger, metrics, observed } from './telemetry.ts';

/** This role lists no functions, whose answer would show their environment variables: what names a group is never known here. */
const policy = withoutFact(loadPolicy(), 'referencedBy');
const journal = journalTo(logger, metrics);
const { ledger, ...others } = cellPorts(cellSettings(policy));
const findings = cellFindings();
const ports = {
  ...others,
  ledger,
  ...(findings && { findings }),
  handover: lazyHandover(setting('grantFunction')),
  clock,
  journal,
};

type Statuses = readonly Outcome['status'][];

const statusesOf = (outcomes: readonly Outcome[]): Statuses => outcomes.map(({ status }) => status);

const deal = async (reading: EventReading, cellIn: (region: string) => Cell): Promise<Statuses> => {
  if (reading.kind === 'ignored') {
    metrics.addMetric('EventsIgnored', MetricUnit.Count, 1);
    logger.info('ignored', { reason: reading.reason });
    return [];
  }
  const { change } = reading;
  logger.appendKeys({ eventId: change.id, account: change.account, region: change.region, scope: change.scope });
  return statusesOf(await remediate(change, cellIn(change.region)));
};

const onChange = async (event: unknown, { awsRequestId: owner }: Context): Promise<Statuses> => {
  const cellIn = (region: string): Cell => ({ owner, policy, ports: { ...ports, groups: groupsIn(region) } });
  const request = readLookRequest(event);
  if (request === undefined) return await deal(readCloudTrail(event), cellIn);
  logger.info('asked', { request });
  if (request.do === 'take-back') return statusesOf(await takenBack(request, cellIn, ledger));
  return await deal(await occasionOf(request, { ledger, clock, requestId: owner }), cellIn);
};

/** EventBridge's target for what CloudTrail says of security groups: closes what the change has opened. */
export const handler = observed(onChange);
