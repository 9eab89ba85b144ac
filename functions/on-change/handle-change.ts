import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import type { Policy } from '../../shared/domain/controls/policy.ts';
import type { Outcome } from '../../shared/domain/decision.ts';
import type { Ports, SecurityGroups } from '../../shared/domain/ports.ts';
import { checkAccount } from '../../shared/events/cloudtrail/account.ts';
import { type EventReading, readCloudTrail } from '../../shared/events/cloudtrail/cloudtrail.ts';
import { accountIn } from '../../shared/events/function-arn.ts';
import { readLookRequest } from '../../shared/events/requests/look-request.ts';
import type { Cell } from '../../shared/remediation/cell.ts';
import { remediate } from '../../shared/remediation/remediate.ts';
import { changeOf, takenBack } from './requests.ts';

/** What handling changes depends on. */
export interface ChangeHandling {
  readonly policy: Policy;
  readonly ports: Omit<Ports, 'groups'>;
  /** The security groups of a region. A cell handles the events of all its regions in its home region. */
  readonly groupsIn: (region: string) => SecurityGroups;
  readonly logger: Pick<Logger, 'appendKeys' | 'info'>;
  readonly metrics: Pick<Metrics, 'addMetric'>;
}

/** How each plan of an invocation ended. */
export type Statuses = readonly Outcome['status'][];

const statusesOf = (outcomes: readonly Outcome[]): Statuses => outcomes.map(({ status }) => status);

/** What is used of an invocation's context. */
type ChangeContext = Pick<Context, 'awsRequestId' | 'invokedFunctionArn'>;

/**
 * Makes the handlers of the two doors: CloudTrail's events, and requests by on-grant and on-schedule. Groups are read and changed in the
 * change's region.
 */
export function changeHandlers({ policy, ports, groupsIn, logger, metrics }: ChangeHandling) {
  const cellsFor =
    (owner: string) =>
    (region: string): Cell => ({ owner, policy, ports: { ...ports, groups: groupsIn(region) } });

  const handle = async (reading: EventReading, cellIn: (region: string) => Cell): Promise<Statuses> => {
    if (reading.kind === 'ignored') {
      metrics.addMetric('EventsIgnored', MetricUnit.Count, 1);
      logger.info('ignored', { reason: reading.reason });
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
        const { lookLater } = await import('../../shared/remediation/look-later.ts');
        throw await lookLater(reading.change, error, ports);
      }
    },
    async requests(event: unknown, context: ChangeContext): Promise<Statuses> {
      const request = readLookRequest(event);
      logger.info('asked', { request });
      const { ledger, clock, trail } = ports;
      const [requestId, account] = [context.awsRequestId, accountIn(context.invokedFunctionArn)];
      const cellIn = cellsFor(requestId);
      if (request.do === 'take-back') return statusesOf(await takenBack(request, cellIn, ledger));
      return await handle(await changeOf(request, { ledger, trail, clock, requestId, account }), cellIn);
    },
  };
}
