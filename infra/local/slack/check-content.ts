import { checkBlocks } from './check-blocks.ts';
import { type Complaints, isObject } from './shape.ts';

/** The text of a message that Slack does not cut itself. @see https://docs.slack.dev/reference/methods/chat.postMessage (Truncating content) */
const MOST_TEXT = 40_000;

/**
 * Least that was seen to be refused as `msg_blocks_too_long`, of a message with many blocks: characters of text, and of JSON. The limit
 * itself is not documented; in messages of one block it was seen to be higher.
 *
 * @see https://github.com/slackapi/bolt-js/issues/2867
 */
const REFUSED = { text: 11_341, json: 17_694 } as const;

/** Why Slack does not take a message. */
export interface Refusal {
  readonly error: string;
  readonly complaints: Complaints;
}

/** Characters of every text anywhere in a block. */
const textLength = (value: unknown): number => {
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + textLength(one), 0);
  if (!isObject(value)) return 0;
  return Object.entries(value).reduce(
    (sum, [key, one]) => sum + (key === 'text' && typeof one === 'string' ? one.length : textLength(one)),
    0,
  );
};

const refused = (error: string, complaints: Complaints = []): Refusal => ({ error, complaints });

/**
 * What is wrong with the text and the blocks of a message; `undefined` where Slack takes it. Errors as chat.postMessage names them.
 *
 * @see https://docs.slack.dev/reference/methods/chat.postMessage (Errors)
 */
export const checkContent = ({ text, blocks }: Readonly<Record<string, unknown>>): Refusal | undefined => {
  const hasBlocks = Array.isArray(blocks) && blocks.length > 0;
  if (text !== undefined && typeof text !== 'string') return refused('invalid_arguments');
  if (!hasBlocks && (text ?? '') === '') return refused('no_text');
  if ((text ?? '').length > MOST_TEXT) return refused('msg_too_long');
  if (blocks === undefined) return undefined;
  if (!Array.isArray(blocks)) return refused('invalid_blocks_format');
  const complaints = checkBlocks(blocks);
  if (complaints.length > 0) return refused('invalid_blocks', complaints);
  const isTooLong = textLength(blocks) >= REFUSED.text || JSON.stringify(blocks).length >= REFUSED.json;
  return isTooLong ? refused('msg_blocks_too_long') : undefined;
};
