import type { SlackMessage, Standing } from '../../../domain/notifications/delivery.ts';
import type { Message } from '../../../domain/notifications/message.ts';
import { unmarked } from '../../render/chat-escape.ts';
import { buttons } from './buttons.ts';
import { facts, links, reasons, remarks, ways } from './details.ts';
import { context, header, history } from './head.ts';
import { listings } from './listings.ts';
import { type Block, cut } from './text.ts';

/**
 * Characters of JSON that all blocks may take. What Slack allows in all is not documented; measured were a refusal (`msg_blocks_too_long`)
 * of 45 blocks with 11,341 characters of text (17,694 of JSON), and of one with about 13,200; 50 blocks with 15,561 of JSON were taken.
 *
 * @see https://github.com/slackapi/bolt-js/issues/2867
 * @see https://github.com/slackapi/bolt-js/issues/2509
 */
const MOST_JSON = 12_500;

/** What is left to listings where everything else is as long as it can be. */
const LEAST_LISTINGS = 1600;

/** Of the text that notifications and screen readers use, and the one place where Slack reads mark-up. It recommends at most 4,000. */
const MOST_FALLBACK = 400;

const fallback = ({ headline, accountAlias, account, region }: Message): string =>
  unmarked(cut(`${headline} – ${accountAlias ?? account}${region === '' ? '' : `, ${region}`}`, MOST_FALLBACK));

/**
 * A message for Slack, within all of Slack's limits. With `standing` the first message of an incident as it is to read now: the headline,
 * the end and the buttons are those of the newest message, what came between is a line each, and what was found stays.
 *
 * Nothing in it is mark-up (`mrkdwn`), so that nothing that a stranger wrote can be: plain text, and rich text, which is a tree.
 */
export const slackMessage = (message: Message, standing: Standing = { later: [], now: message }): SlackMessage => {
  const { now } = standing;
  const above: readonly Block[] = [
    header(now),
    context(message, now),
    ...history(message, standing),
    ...facts(message),
    ...reasons(message),
  ];
  const below: readonly Block[] = [...remarks(now), ...ways(now), ...links(message), ...buttons(now)];
  const room = Math.max(LEAST_LISTINGS, MOST_JSON - JSON.stringify([above, below]).length);
  return { text: fallback(now), blocks: [...above, ...listings(message, room), ...below] };
};

/** The same message for a cell without buttons. The commands that do the same stay in it. */
export function slackMessageWithoutButtons(message: Message, standing?: Standing): SlackMessage {
  const { later, now } = standing ?? { later: [], now: message };
  return slackMessage(message, { later, now: { ...now, actions: [] } });
}
