import { entities } from '../../domain/entities.ts';
import type { Http } from '../../domain/ports.ts';
import type { Answers } from '../../domain/requests/press.ts';
import { post } from './http.ts';

/** Longest text of a block, characters. @see https://docs.slack.dev/reference/block-kit/blocks/section-block */
const MOST = 3000;

/** No part of a pair of surrogates is left over. */
const cut = (line: string): string => (line.length <= MOST ? line : `${line.slice(0, MOST - 1).toWellFormed()}…`);

/**
 * Answers at a response_url, which takes five of them within 30 minutes: below the message that was pressed, for the one who pressed
 * alone, and in plain text, in which nothing is interpreted.
 *
 * @see https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
 */
export const slackAnswers = (http: Http): Answers => ({
  async answer(responseUrl, line) {
    const text = cut(line);
    const block = { type: 'section', text: { type: 'plain_text', text, emoji: false } };
    // What Slack shows where it cannot show blocks, as in a notification: there `<` begins a mention.
    const body = { response_type: 'ephemeral', replace_original: false, text: entities(text), blocks: [block] };
    await post(http, { channel: 'slack response', url: responseUrl, body });
  },
});
