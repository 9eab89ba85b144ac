import { boolean, byType, type Check, object, oneOf, string } from './shape.ts';

/**
 * Text of at most so many characters that may not be marked up.
 *
 * @see https://docs.slack.dev/reference/block-kit/composition-objects/text-object
 */
export const plainText = (most: number): Check =>
  object({ type: oneOf('plain_text'), text: string(most) }, { emoji: boolean });

/** The same, marked up or not. */
export const anyText = (most: number): Check =>
  byType({
    plain_text: plainText(most),
    mrkdwn: object({ type: oneOf('mrkdwn'), text: string(most) }, { verbatim: boolean }),
  });

/** A web address. @see https://docs.slack.dev/reference/block-kit/block-elements/button-element */
export const webAddress: Check = (value, at) => {
  const problems = string(3000)(value, at);
  if (problems.length > 0 || typeof value !== 'string') return problems;
  const isUsable = /^https?:\/\/[^\s<>"|\\^`{}]+$/.test(value) && URL.canParse(value);
  return isUsable ? [] : [`invalid url [json-pointer:${at}]`];
};
