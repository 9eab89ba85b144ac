import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import type { Change } from '../../shared/domain/change.ts';
import type { Outcome } from '../../shared/domain/decision.ts';
import type { SecurityGroups } from '../../shared/domain/ec2.ts';
import { FactUnread } from '../../shared/domain/errors.ts';
import type { ReevaluationRequest } from '../../shared/domain/invocations.ts';
import type { CloudTrailHistory, Ledger } from '../../shared/domain/ledger.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import type { RemediationPorts } from '../../shared/domain/ports.ts';
import type { Clock } from '../../shared/domain/runtime.ts';
import { checkAccount, type EventReading, readCloudTrail } from '../../shared/events/cloudtrail/cloudtrail.ts';
import { accountIn } from '../../shared/events/ids.ts';
import { ignore, ignoredText } from '../../shared/events/ignored.ts';
import { readReevaluationRequest, sweepChange } from '../../shared/events/requests/internal-request.ts';
import type { RemediationCell } from '../../shared/remediation/cell.ts';
import { approvedChange, type PlanPointer } from '../../shared/remediation/plan.ts';
import { remediate } from '../../shared/remediation/remediate.ts';

/** What handling changes depends on. */
export interface ChangeHandling {
  readonly policy: Policy;
  readonly ports: Omit<RemediationPorts, 'groups'>;
  /** The security groups of a region. A cell handles the events of all its regions in its home region. */
  readonly groupsIn: (region: string) => SecurityGroups;
  readonly logger: Pick<Logger, 'appendKeys' | 'info'>;
  readonly metrics: Pick<Metrics, 'addMetric'>;
}

/** How each plan of an invocation ended. */
export type Statuses = readonly Outcome['status'][];

/**
 * Makes the handlers of the two doors: events from CloudTrail, and requests from on-grant and on-schedule.
 * Reads and changes groups in the change's region.
 */
export function changeHandlers({ policy, ports, groupsIn, logger, metrics }: ChangeHandling) {
  const cellsFor =
    (owner: string) =>
    (region: string): RemediationCell => ({ owner, policy, ports: { ...ports, groups: groupsIn(region) } });

  const handle = async (reading: EventReading, cellIn: (region: string) => RemediationCell): Promise<Statuses> => {
    if (reading.kind === 'ignored') {
      metrics.addMetric('EventsIgnored', MetricUnit.Count, 1);
      logger.info('ignored', { reason: reading.reason, text: ignoredText(reading) });
      return [];
    }
    const { change } = reading;
    logger.appendKeys({ eventId: change.id, account: change.account, region: change.region, scope: change.scope });
    return statusesOf(await remediate(change, cellIn(change.region)));
  };

  return {
    async events(event: unknown, context: ChangeContext): Promise<Statuses> {
      const reading = readCloudTrail(event);
      if (reading.kind === 'change') checkAccount(event, reading.change, accountIn(context.invokedFunctionArn));
      try {
        return await handle(reading, cellsFor(context.awsRequestId));
      } catch (error) {
        if (reading.kind !== 'change') throw error;
        const { scheduleRecheck } = await import('../../shared/remediation/schedule-recheck.ts');
        throw await scheduleRecheck(reading.change, error, ports);
      }
    },
    async requests(event: unknown, context: ChangeContext): Promise<Statuses> {
      const request = readReevaluationRequest(event);
      logger.info('asked', { request });
      const { ledger, clock, trail } = ports;
      const [requestId, account] = [context.awsRequestId, accountIn(context.invokedFunctionArn)];
      const cellIn = cellsFor(requestId);
      if (request.do === 'take-back') return statusesOf(await revokeMigrationGrants(request, cellIn, ledger));
      return await handle(await changeOf(request, { ledger, trail, clock, requestId, account }), cellIn);
    },
  };
}

/** What the change of a request depends on. */
interface RequestContext {
  readonly ledger: Pick<Ledger, 'find'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Request id of the invocation. */
  readonly requestId: string;
  readonly trail: CloudTrailHistory;
  /** The cell's account, which a request cannot choose. */
  readonly account: string;
}

/**
 * CloudTrail's record of the event that a request names, otherwise a sweep of its groups. Throws CallFailed,
 * FactUnread.
 */
async function requestedChange(
  request: Extract<ReevaluationRequest, { do: 'look' }>,
  { trail, clock, requestId, account }: RequestContext,
): Promise<Change> {
  const { eventId, region, groupIds } = request;
  const recorded = eventId === undefined ? undefined : await trail.findChange(eventId, region);
  if (recorded !== undefined) return recorded;
  if (eventId !== undefined && groupIds.length === 0)
    throw new FactUnread(
      `event ${eventId}`,
      `CloudTrail does not have it in ${region}, and the request names no group`,
    );
  return sweepChange(request, { id: requestId, at: clock.now(), account });
}

/**
 * The change that a request of on-grant or on-schedule is about. A request to carry out an approved plan
 * counts only if the ledger has its approval. Throws CallFailed.
 */
async function changeOf(request: ReevaluationRequest, surroundings: RequestContext): Promise<EventReading> {
  if (request.do === 'look') return { kind: 'change', change: await requestedChange(request, surroundings) };
  const change = await approvedChange(request, surroundings.ledger);
  return change === undefined ? ignore('not-approved', request.planId) : { kind: 'change', change };
}

/**
 * Removes the temporary rules of a migration. Loads the code on demand, because a migration is rare and a
 * cold start must be fast. Throws as `takeBack`.
 */
async function revokeMigrationGrants(
  pointer: PlanPointer,
  cellIn: (region: string) => RemediationCell,
  ledger: RemediationCell['ports']['ledger'],
): Promise<readonly Outcome[]> {
  const entry = await ledger.find(pointer.groupId, pointer.planId);
  if (entry === undefined) return [];
  const { takeBack } = await import('../../shared/workflows/migration/take-back.ts');
  return await takeBack(pointer, cellIn(entry.plan.change.region));
}

function statusesOf(outcomes: readonly Outcome[]): Statuses {
  return outcomes.map(({ status }) => status);
}

/** The used part of an invocation's context. */
type ChangeContext = Pick<Context, 'awsRequestId' | 'invokedFunctionArn'>;
