import { InputInvalid } from '../../shared/domain/errors.ts';
import { asFields, field, spelling } from '../../shared/events/json.ts';
import type { Input } from './read-input.ts';

/** An event, and where it stands in its input. */
export interface PlacedEvent {
  readonly event: unknown;
  /** `event.json`, or `trail.json: Records[3]` where there are several. */
  readonly at: string;
}

/** Keys of what EC2's describe calls print. */
const GROUP_FIELDS = ['securityGroups', 'securityGroupRules', 'ipPermissions'];

function numbered(events: readonly unknown[], at: string): readonly PlacedEvent[] {
  return events.map((event, index) => ({ event, at: `${at}[${index}]` }));
}

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

/**
 * The events of an input: one, an array of them, JSON lines, or the `{"Records": […]}` that CloudTrail delivers to S3.
 *
 * @throws InputInvalid if there is no event, or the input describes groups.
 */
export function eventsIn(input: Input): readonly PlacedEvent[] {
  const events = placeEvents(input);
  if (events.length === 0) throw new InputInvalid(`${input.name}: has no events`);
  return events;
}
