import type { Event, LookupEventsRequest, LookupEventsResponse } from '@aws-sdk/client-cloudtrail';
import { AwsError } from '../account/aws-error.ts';
import type { Operations } from '../account/operation.ts';
import type { Region } from '../account/region.ts';
import type { TrailEvent } from './event.ts';

/** What CloudTrail has recorded, and how late it shows it. */
export interface EventHistory {
  /** All events of the account, live. */
  readonly events: readonly TrailEvent[];
  /** How long after a call LookupEvents has it, ms: in AWS up to 15 minutes. */
  readonly lagMs: number;
}

const PAGE = 50;

const resourcesOf = ({ detail }: TrailEvent): readonly string[] =>
  JSON.stringify([detail['requestParameters'], detail['responseElements']]).match(
    /\b(?:sg|sgr|pl|vpc|eni)-[0-9a-z]+/g,
  ) ?? [];

/** What each attribute is compared with. */
const ATTRIBUTES: Readonly<Record<string, (event: TrailEvent) => readonly unknown[]>> = {
  EventId: ({ detail }) => [detail.eventID],
  EventName: ({ detail }) => [detail.eventName],
  EventSource: ({ detail }) => [detail['eventSource']],
  ResourceName: resourcesOf,
};

const matcherOf = ({ LookupAttributes = [] }: LookupEventsRequest): ((event: TrailEvent) => boolean) => {
  if (LookupAttributes.length > 1)
    throw new AwsError('InvalidLookupAttributesException', 'You can specify only one lookup attribute.');
  const [attribute] = LookupAttributes;
  if (attribute === undefined) return () => true;
  const read = ATTRIBUTES[attribute.AttributeKey ?? ''];
  if (read === undefined)
    throw new AwsError('InvalidLookupAttributesException', `${attribute.AttributeKey} is not known here`);
  return (event) => read(event).includes(attribute.AttributeValue);
};

const eventOf = (event: TrailEvent): Event => ({
  EventId: event.detail.eventID,
  EventName: event.detail.eventName,
  EventSource: String(event.detail['eventSource']),
  EventTime: new Date(event.time),
  ReadOnly: 'false',
  CloudTrailEvent: JSON.stringify(event.detail),
});

/**
 * LookupEvents: the events of the region, newest first, once they are old enough. One page of 50.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 */
export const historyOperations = (history: EventHistory) =>
  ({
    LookupEvents(region: Region, input: LookupEventsRequest): LookupEventsResponse {
      const matches = matcherOf(input);
      const until = region.account.clock.now() - history.lagMs;
      const found = history.events.filter(
        (event) => event.region === region.name && Date.parse(event.time) <= until && matches(event),
      );
      return {
        Events: found
          .toReversed()
          .slice(0, input.MaxResults ?? PAGE)
          .map(eventOf),
      };
    },
  }) satisfies Operations;
