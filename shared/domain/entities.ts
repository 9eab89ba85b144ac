/**
 * A text with the three characters by which Slack's control sequences (mentions, links, dates) are written, as entities.
 *
 * @see https://docs.slack.dev/messaging/formatting-message-text (Escaping text)
 */
export const entities = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
