import { EventUnreadable } from '../../domain/errors.ts';
import { listIn, openPart, partIn, readIn, type StrictElement, type StrictPart, textIn } from './command-part.ts';

/** One message of a queue as Lambda hands it over. */
export interface Letter {
  /** Names it in the answer. */
  readonly receipt: string;
  readonly body: string;
  /** When the queue got it, milliseconds since the epoch, by SQS's clock. */
  readonly sentAt: number;
}

/** SQS writes numbers as texts. */
const timeIn = (part: StrictPart): number =>
  readIn(
    part,
    'SentTimestamp',
    (value) => (typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined),
    'milliseconds since the epoch',
  );

const letterOf = ({ value, at }: StrictElement): Letter => {
  const part = openPart(value, at);
  const { body } = part.fields;
  if (typeof body !== 'string') throw new EventUnreadable(`${at}.body`, 'a text');
  return { receipt: textIn(part, 'messageId'), body, sentAt: timeIn(partIn(part, 'attributes')) };
};

/**
 * Reads the messages of a queue that Lambda polls.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 * @throws EventUnreadable for what is no batch at all: Lambda puts all of it back.
 */
export const readSqsBatch = (event: unknown): readonly Letter[] =>
  listIn(openPart(event, 'event'), 'Records').map(letterOf);
