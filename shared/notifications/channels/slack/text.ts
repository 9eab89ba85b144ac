import { entities } from '../../../domain/entities.ts';
import { plain } from '../../../network/text/format.ts';
import { clip, type Weight } from '../../render/clip.ts';

/** A block, an element or a text object of Block Kit. */
export type Block = Readonly<Record<string, unknown>>;

/** A text by a stranger on one line: no control or direction characters, no half of a surrogate pair. */
export const oneLine = (text: string): string => plain(text.toWellFormed());

/** What a text takes in a request at most: escaped for Slack, then for JSON. So no limit on either is passed. */
export const weigh: Weight = (text) => JSON.stringify(entities(text)).length - 2;

/** One line of at most so much weight; never empty, as Slack takes no empty text. */
export const cut = (text: string, most: number): string => clip(oneLine(text), most, weigh) || '–';

/**
 * A text in which Slack interprets neither mark-up nor emoji names.
 *
 * @see https://docs.slack.dev/reference/block-kit/composition-objects/text-object
 */
export const plainText = (text: string, most: number): Block => ({
  type: 'plain_text',
  text: entities(cut(text, most)),
  emoji: false,
});
