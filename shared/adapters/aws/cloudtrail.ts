import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { EventUnreadable } from '../../domain/errors.ts';
import type { CloudTrailHistory } from '../../domain/ledger.ts';
import { readCloudTrail } from '../../events/cloudtrail/cloudtrail.ts';
import { call } from './call.ts';
import type { ClientSettings } from './clients/settings.ts';

/** Clients for CloudTrail by region, because an event is in the history of its own region. */
export function trailClients(settings: ClientSettings): (region: string) => CloudTrailClient {
  const clients = new Map<string, CloudTrailClient>();
  return (region) => {
    const client = clients.get(region) ?? new CloudTrailClient({ ...settings, region });
    clients.set(region, client);
    return client;
  };
}

function parseRecord(record: string): unknown {
  try {
    return JSON.parse(record);
  } catch {
    throw new EventUnreadable('CloudTrailEvent', 'a record of CloudTrail as JSON');
  }
}

/**
 * CloudTrail's event history: the management events of 90 days. Every account has it, with or without a
 * trail. AWS allows two calls a second for an account and region.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 */
export function trailIn(clients: (region: string) => Pick<CloudTrailClient, 'send'>): CloudTrailHistory {
  return {
    async findChange(eventId, region) {
      const command = new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: 'EventId', AttributeValue: eventId }],
      });
      const { Events = [] } = await call('LookupEvents', clients(region).send(command));
      const record = Events.find(({ EventId }) => EventId === eventId)?.CloudTrailEvent;
      if (record === undefined) return undefined;
      const reading = readCloudTrail(parseRecord(record));
      return reading.kind === 'change' ? { ...reading.change, confirmed: true } : undefined;
    },
  };
}
