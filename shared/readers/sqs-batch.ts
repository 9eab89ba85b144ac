import { EventUnreadable } from '../model/errors.ts';
import { listIn, openPart, type StrictElement, textIn } from './command-part.ts';

/** One message of a queue as Lambda hands it over. */
export interface Letter {
  /** Names it in the answer. */
  readonly receipt: string;
  readonly body: string;
}

const letterOf = ({ value, at }: StrictElement): Letter => {
  const part = openPart(value, at);
  const { body } = part.fields;
  if (typeof body !== 'string') throw new EventUnreadable(`${at}.body`, 'a text');
  return { receipt: textIn(part, 'messageId'), body };
};

/**
 * Reads the messages of a queue that Lambda polls.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 * @throws EventUnreadable for what is no batch at all: Lambda puts all of it back.
 */
export const readSqsBatch = (event: unknown): readonly Letter[] =>
  listIn(openPart(event, 'event'), 'Records').map(letterOf);
