import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { partition } from '@aws-sdk/core/client';
import type { FindingsPublisher, ReportedOutcome } from '../../domain/ports.ts';
import type { Clock } from '../../domain/runtime.ts';
import type { ClientSettings } from './clients/settings.ts';
import { type EntryRefusal, retryEntry } from './retry-entry.ts';

/** An event for the bus; `detail` is JSON. */
interface EventEntry {
  readonly source: string;
  readonly detailType: string;
  readonly detail: string;
  readonly resources: readonly string[];
}

/** The bus, and how an outcome becomes an event. */
export interface EventsOut {
  /** Name or ARN. */
  readonly bus: string;
  readonly eventFor: (outcome: ReportedOutcome, partition: string) => EventEntry;
  readonly clock: Pick<Clock, 'sleep'>;
}

/** A client for the bus. */
export function eventsClient(settings: ClientSettings): EventBridgeClient {
  return new EventBridgeClient(settings);
}

/**
 * Publishes findings as Portcullis's own events. PutEvents succeeds even if it rejects the event; the answer
 * has the error.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export function ownEvents(
  client: Pick<EventBridgeClient, 'send'>,
  { bus, eventFor, clock }: EventsOut,
): FindingsPublisher {
  return {
    async publish(outcome) {
      const { source, detailType, detail, resources } = eventFor(outcome, partition(outcome.plan.change.region).name);
      const put = async (): Promise<EntryRefusal | undefined> => {
        const entry = {
          EventBusName: bus,
          Source: source,
          DetailType: detailType,
          Detail: detail,
          Resources: [...resources],
        };
        const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: [entry] }));
        const code = Entries[0]?.ErrorCode;
        return code === undefined ? undefined : { code, message: Entries[0]?.ErrorMessage ?? 'no reason given' };
      };
      await retryEntry('PutEvents', put, clock);
    },
  };
}
