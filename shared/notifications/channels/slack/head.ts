import type { Standing } from '../../../domain/notifications/delivery.ts';
import type { Message } from '../../../domain/notifications/message.ts';
import { timeText } from '../../compose/person.ts';
import { bold, own, paragraph, richText, words } from './rich-text.ts';
import { type Block, plainText } from './text.ts';

/** @see https://docs.slack.dev/reference/block-kit/blocks/header-block (150 characters) */
const MOST_HEADER = 150;

/** Of an account's alias, and of an owner. */
const MOST_NAME = 80;

/** Later messages of an incident that its first one tells of; all of them are in the thread. */
const HISTORY = { most: 6, headline: 110 } as const;

/** Above what was found, which stays as it was: it may not be so any more. */
const FOLLOWS = 'As it was first told:';

/** What is so now, in bold and large. */
export const header = ({ headline }: Message): Block => ({ type: 'header', text: plainText(headline, MOST_HEADER) });

const accountText = ({ account, accountAlias }: Message): string =>
  accountAlias === undefined ? `account ${account}` : `${accountAlias} (${account})`;

/** What the line under the headline tells already: a fact of the same text says nothing new. */
export const toldInContext = (message: Message): ReadonlySet<string> =>
  new Set([accountText(message), message.account, message.region, message.owner ?? '']);

/**
 * How bad, where, whose and when, in small letters. At most 10 elements.
 *
 * @see https://docs.slack.dev/reference/block-kit/blocks/context-block
 */
export const context = (message: Message, now: Message): Block => ({
  type: 'context',
  elements: [
    ...(now.urgency === 'call' ? ['Needs somebody'] : []),
    `severity ${now.severity}`,
    accountText(message),
    ...(message.region === '' ? [] : [message.region]),
    ...(message.owner === undefined ? [] : [`owner ${message.owner}`]),
    timeText(message.at),
  ].map((text) => plainText(text, MOST_NAME)),
});

/** What became of an incident since its first message, which is the first line. */
export const history = (first: Message, { later }: Standing): readonly Block[] => {
  if (later.length === 0) return [];
  const dropped = Math.max(0, later.length + 1 - HISTORY.most);
  const lines = [first, ...later.slice(dropped)].flatMap(({ headline, at }, i) => [
    ...(i === 0 ? [] : [own('\n')]),
    ...(i === 1 && dropped > 0 ? [own(`… ${dropped} more in the thread\n`)] : []),
    own(`${timeText(at)} `),
    words(headline, HISTORY.headline),
  ]);
  return [richText(paragraph(lines)), richText(paragraph([bold(FOLLOWS, FOLLOWS.length)]))];
};
