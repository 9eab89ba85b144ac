import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amazonQNotification } from '../../../shared/notifications/channels/amazon-q.ts';
import { emailText } from '../../../shared/notifications/channels/email.ts';
import { smsLine } from '../../../shared/notifications/channels/sms.ts';
import { snsMessage } from '../../../shared/notifications/channels/sns.ts';
import { asCode, escapeMarkup } from '../../../shared/notifications/channels/text.ts';
import { outcomeMessage } from '../../../shared/notifications/compose/message.ts';
import { hostileMessages, hostileOutcome, largeOutcome } from './hostile.ts';
import { messages, PLACE } from './samples.ts';
import { chatProblems, messageProblems } from './schemas.ts';

const EVERY = [...Object.entries(messages()), ...Object.entries(hostileMessages())];

/** Every text of a value. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => [key, ...textsIn(part)]);
}

function bytes(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/** Body and attributes, as SNS counts them. */
function sizeOf(text: string, attributes: Readonly<Record<string, string>>): number {
  return (
    bytes(text) + Object.entries(attributes).reduce((sum, [name, value]) => sum + bytes(`${name}String${value}`), 0)
  );
}

const MOST_BYTES = 262_144;

describe.each(EVERY)('the message: %s', (_name, message) => {
  it('has nothing in it that cannot be seen, turns the text around or begins a line', () => {
    for (const text of textsIn(message)) expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  });

  it('has nothing in it for which a queue refuses it', () => {
    for (const text of textsIn(message)) expect(text).not.toMatch(/\p{Noncharacter_Code_Point}/u);
  });

  it('is what its schema says, as the topic carries it, and within the topic’s limits', () => {
    const { subject, texts, chat, attributes, dedupId } = snsMessage(message);
    expect(subject).toMatch(/^[\x21-\x7e][\x20-\x7e]{0,98}$/);
    expect(messageProblems(JSON.parse(JSON.parse(texts).default))).toEqual([]);
    expect(sizeOf(texts, { ...attributes, dedupId })).toBeLessThanOrEqual(MOST_BYTES);
    expect(sizeOf(chat, { ...attributes, dedupId })).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('is one text message', () => {
    expect(smsLine(message)).toMatch(/^Portcullis: [\x20-\x5a\x5f\x61-\x7a]{1,128}$/);
  });

  it('names nobody and links nowhere in a chat but to the console and the documentation', () => {
    const notification = JSON.parse(JSON.stringify(amazonQNotification(message)));
    expect(chatProblems(notification)).toEqual([]);
    const { title, description, nextSteps } = notification.content;
    for (const text of [title, description, ...nextSteps]) {
      expect(text).not.toMatch(/[<>]/);
      const outsideOfCode = text.replaceAll(/`[^`\n]*`/g, '');
      expect(outsideOfCode).not.toMatch(/`|(?<![A-Za-z0-9.])@|\[|\]\(/);
      const links = outsideOfCode.match(/\w+:\/\/[^/\s]*/g) ?? [];
      expect(
        links.filter((link: string) => !/^https:\/\/(console\.aws\.amazon|docs\.example)\.com$/.test(link)),
      ).toEqual([]);
    }
  });
});

describe('text in a chat', () => {
  it.each([
    ['<!channel> & <@U123>', '&lt;!channel&gt; &amp; &lt;＠U123&gt;'],
    ['*bold* ~struck~ `code` _it_ my_group', '∗bold∗ ∼struck∼ ˋcodeˋ ＿it＿ my_group'],
    ['[x](https://evil.example.com)', '［x］(https∶//evil.example.com)'],
    ['@here alice@example.com', '＠here alice@example.com'],
    [':fire: a:b:c 2001:db8::/32 03:04:05', '∶fire: a:b:c 2001:db8::/32 03:04:05'],
    ['# heading', '＃ heading'],
    ['www.example.com', 'www․example.com'],
  ])('%s marks nothing up', (text, harmless) => {
    expect(escapeMarkup(text)).toBe(harmless);
  });

  it('stays within its code, whatever it is', () => {
    fc.assert(fc.property(fc.string(), (text) => /^`[^`<>]+`$/s.test(asCode(text))));
  });
});

describe('a message about many rules', () => {
  it.each([500, 10_000])(
    '(%s) is cut in each of its forms, with the number of the rest, and never too long',
    (count) => {
      const message = outcomeMessage(largeOutcome(count), PLACE);
      const { texts, chat, attributes, dedupId } = snsMessage(message);
      expect(sizeOf(texts, { ...attributes, dedupId })).toBeLessThanOrEqual(MOST_BYTES);
      expect(sizeOf(chat, attributes)).toBeLessThanOrEqual(MOST_BYTES);
      const { default: json, email } = JSON.parse(texts);
      const [listing] = JSON.parse(json).listings;
      expect(messageProblems(JSON.parse(json))).toEqual([]);
      expect(listing.lines.length).toBeGreaterThanOrEqual(100);
      expect(listing.lines.length + listing.omitted).toBe(count);
      expect(email).toContain(`Removed (${count}):`);
      expect(email).toMatch(new RegExp(`… and ${count - 50} more; all of it is on record under [0-9a-z]{26}`));
      expect(chat).toMatch(/… and \d+ more; all of it/);
    },
  );

  it('is counted once where a message was cut before', () => {
    const message = outcomeMessage(largeOutcome(10_000), PLACE);
    const carried = JSON.parse(JSON.parse(snsMessage(message).texts).default);
    expect(emailText(carried)).toBe(emailText(message));
  });

  it('fits whatever strangers write, in characters that take the most room', () => {
    for (const text of [
      '\u0001'.repeat(5000),
      '"'.repeat(5000),
      '\\'.repeat(5000),
      '☃'.repeat(5000),
      '<'.repeat(5000),
    ]) {
      const { texts, chat, attributes, dedupId } = snsMessage(outcomeMessage(hostileOutcome(text), PLACE));
      expect(sizeOf(texts, { ...attributes, dedupId })).toBeLessThanOrEqual(MOST_BYTES);
      expect(chatProblems(JSON.parse(chat))).toEqual([]);
    }
  });
});
