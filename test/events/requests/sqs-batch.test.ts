import { describe, expect, it } from 'vitest';
import { readSqsBatch } from '../../../shared/events/requests/queued-message.ts';

describe('a batch of a queue', () => {
  it('is read as messages with their ids', () => {
    const record = {
      messageId: 'a',
      body: '{',
      receiptHandle: 'x',
      attributes: { SentTimestamp: '1767323045000' },
      eventSource: 'aws:sqs',
    };
    expect(readSqsBatch({ Records: [record, { ...record, messageId: 'b', body: '' }] })).toEqual([
      { receipt: 'a', body: '{', sentAt: 1_767_323_045_000 },
      { receipt: 'b', body: '', sentAt: 1_767_323_045_000 },
    ]);
    expect(readSqsBatch({ Records: [] })).toEqual([]);
  });

  it.each([
    [null, 'event: expected an object'],
    [{ detail: {} }, 'event.Records: expected a list'],
    [{ Records: [1] }, 'event.Records[0]: expected an object'],
    [{ Records: [{ messageId: 'a' }] }, 'event.Records[0].body: expected a text'],
    [{ Records: [{ body: '' }] }, 'event.Records[0].messageId: expected a text'],
    [{ Records: [{ messageId: 'a', body: '' }] }, 'event.Records[0].attributes: expected an object'],
    [
      { Records: [{ messageId: 'a', body: '', attributes: { SentTimestamp: 'now' } }] },
      'event.Records[0].attributes.SentTimestamp: expected milliseconds since the epoch',
    ],
  ])('is not %j', (event, message) => {
    expect(() => readSqsBatch(event)).toThrow(`event: ${message}`);
  });
});
