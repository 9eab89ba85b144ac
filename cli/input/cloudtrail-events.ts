import { InputInvalid } from '../../shared/domain/errors.ts';
import { asFields, field, spelling } from '../../shared/events/json.ts';
import type { Input } from './read-input.ts';

/** An event and its place in the input. */
export interface PlacedEvent {
  readonly event: unknown;
  /** `event.json`, or `trail.json: Records[3]` if there are several events. */
  readonly at: string;
}

/**
 * Reads the events of an input: one event, an array, JSON lines, or `{"Records": […]}` as CloudTrail delivers
 * it to S3.
 *
 * @throws InputInvalid if the input has no event or describes groups.
 */
export function eventsIn(input: Input): readonly PlacedEvent[] {
  const events = placeEvents(input);
  if (events.length === 0) throw new InputInvalid(`${input.name}: has no events`);
  return events;
}

/** Fields that EC2's describe calls return. */
const GROUP_FIELDS = ['securityGroups', 'securityGroupRules', 'ipPermissions'];

function placeEvents({ name, json }: Input): readonly PlacedEvent[] {
  const fields = asFields(json) ?? {};
  const records = field(fields, 'records');
  if (Array.isArray(records)) return numbered(records, `${name}: Records`);
  if (Array.isArray(json)) return numbered(json, `${name}: `);
  const key = GROUP_FIELDS.map((one) => spelling(fields, one)).find((one) => Object.hasOwn(fields, one));
  if (key === undefined) return [{ event: json, at: name }];
  throw new InputInvalid(
    `${name}: expected a CloudTrail event, but it has ${key}: portcullis scan reads it, and so does --state`,
  );
}

function numbered(events: readonly unknown[], at: string): readonly PlacedEvent[] {
  return events.map((event, index) => ({ event, at: `${at}[${index}]` }));
}
