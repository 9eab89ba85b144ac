import { asFields, field } from '../../shared/readers/fields.ts';
import type { Input } from '../read-input.ts';

/** An event, and where it stands in its input. */
export interface PlacedEvent {
  readonly event: unknown;
  /** `event.json`, or `trail.json: Records[3]` where there are several. */
  readonly at: string;
}

/** The events of an input: one, an array of them, JSON lines, or the `{"Records": […]}` that CloudTrail delivers to S3. */
export const eventsIn = ({ name, json }: Input): readonly PlacedEvent[] => {
  const fields = asFields(json);
  const records = fields === undefined ? undefined : field(fields, 'records');
  if (Array.isArray(records))
    return records.map((event: unknown, index) => ({ event, at: `${name}: Records[${index}]` }));
  if (Array.isArray(json)) return json.map((event: unknown, index) => ({ event, at: `${name}: [${index}]` }));
  return [{ event: json, at: name }];
};
