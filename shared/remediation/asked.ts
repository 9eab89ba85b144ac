import type { Clock } from '../domain/ports.ts';
import type { Asked, Person } from '../domain/requests/person.ts';

/** Portcullis itself, as a person on the record. */
const PORTCULLIS: Person = { name: 'portcullis', through: 'portcullis' };

/** How long the same request by the same person counts as the first one tried again, ms: ten minutes. */
const SAME_WITHIN_MS = 600_000;

/** A request as it goes on the record: who, why, now. */
export const askedNow = ({ by, reason }: Pick<Asked, 'by' | 'reason'>, clock: Pick<Clock, 'now'>): Asked => ({
  by,
  reason,
  at: clock.now(),
});

/** What Portcullis does of its own accord, on the record. */
export const onItsOwn = (reason: string, clock: Pick<Clock, 'now'>): Asked =>
  askedNow({ by: PORTCULLIS, reason }, clock);

/** Whether a request is one on the record, asked again because its answer was lost. */
export const isSameRequest = (recorded: Asked, asked: Asked): boolean =>
  recorded.by.name === asked.by.name &&
  recorded.by.arn === asked.by.arn &&
  recorded.reason === asked.reason &&
  Math.abs(asked.at - recorded.at) <= SAME_WITHIN_MS;
