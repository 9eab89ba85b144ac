import { describe, expect, it } from 'vitest';
import { EventUnreadable } from '../../../shared/domain/errors.ts';
import type { Message } from '../../../shared/domain/message.ts';
import { readQueuedMessage } from '../../../shared/events/requests/queued-message.ts';
import { messages } from '../../notifications/compose/samples.ts';

const ALL = Object.entries(messages());
const [, sample] = ALL[0]!;
const OWN = sample.account;
const MINUTE = 60_000;
const DAY = 86_400_000;

function read(more: Partial<Message>, sentAt = sample.at) {
  return readQueuedMessage({ receipt: 'r', body: JSON.stringify({ ...sample, ...more }), sentAt }, OWN);
}

describe('a message of the alert queue', () => {
  it.each(ALL)('is read as Portcullis publishes it: %s', (_, message) => {
    const letter = { receipt: 'r', body: JSON.stringify(message), sentAt: message.at + MINUTE };
    expect(readQueuedMessage(letter, message.account).id).toBe(message.id);
  });

  it.each([
    ['five minutes ahead of the queue', 5 * MINUTE],
    ['30 days old', -30 * DAY],
  ])('may be %s', (_, ahead) => {
    expect(read({ at: sample.at + ahead }, sample.at).at).toBe(sample.at + ahead);
  });

  it.each([
    ['more than five minutes ahead', 5 * MINUTE + 1],
    ['in a hundred years', 36_500 * DAY],
    ['more than 30 days old', -30 * DAY - 1],
  ])('may not be %s', (_, ahead) => {
    const says = 'message.at: expected a time from 30 days before to 5 minutes after the queue got';
    expect(() => read({ at: sample.at + ahead })).toThrow(says);
  });

  it.each([
    ['another account', { account: '999999999999' }],
    ['a thread of another account', { thread: '999999999999/eu-west-1/sg-00000000000000001' }],
    ['a thread that begins like its own', { thread: `${OWN}0/eu-west-1` }],
  ])('may not be about %s', (_, more) => {
    expect(() => read(more)).toThrow(EventUnreadable);
  });

  it('may not end or continue the incident of another group', () => {
    const [, ofGroup] = ALL.find(([, { group }]) => group !== undefined) ?? [];
    if (ofGroup?.group === undefined) throw new Error('no sample is about a group');
    const thread = ofGroup.thread.replace(ofGroup.group.id, 'sg-0000000000000beef');
    const body = JSON.stringify({ ...ofGroup, thread });
    expect(() => readQueuedMessage({ receipt: 'r', body, sentAt: ofGroup.at }, ofGroup.account)).toThrow(
      /message.thread/,
    );
  });
});
