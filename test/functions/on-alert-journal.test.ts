import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readBatch } from '../../functions/on-alert/handler.ts';
import { deliveryJournal } from '../../functions/on-alert/journal.ts';
import { ChannelRefused, InputInvalid } from '../../shared/domain/errors.ts';
import type { DeliveryJournalEntry } from '../../shared/notifications/dispatch/channel-worker.ts';
import { messageOf, SLACK } from '../notifications/dispatch/samples.ts';

const message = messageOf('m-1');

/** What an entry logs, and the metrics that it counts. */
function told(entry: DeliveryJournalEntry) {
  const logger = new Logger({ serviceName: 'test' });
  const metrics = new Metrics({ namespace: 'Test', serviceName: 'test' });
  const lines: unknown[] = [];
  for (const level of ['info', 'warn', 'error'] as const)
    vi.spyOn(logger, level).mockImplementation((...parts: readonly unknown[]) => {
      lines.push({ level, what: parts[0], more: parts[1] });
    });
  const counted = vi.spyOn(metrics, 'addMetric').mockReturnValue(metrics);
  deliveryJournal(logger, metrics)(entry);
  return { lines, counted: counted.mock.calls.map(([name, , value]) => `${name} ${value}`) };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the journal of deliveries', () => {
  it.each([
    [{ what: 'delivered', message, channel: SLACK }, 'info', ['AlertsDelivered 1']],
    [{ what: 'known', message, channel: SLACK }, 'info', []],
    [{ what: 'fell-back', message, channel: SLACK, code: 'invalid_auth' }, 'warn', ['FallbacksUsed 1']],
    [{ what: 'unedited', message, channel: SLACK, code: 'cant_update_message' }, 'warn', []],
    [
      { what: 'refused', message, channel: SLACK, fault: new ChannelRefused(SLACK, 'http_500', true) },
      'error',
      ['AlertsRefused 1'],
    ],
  ] as const)('logs and counts %j', (entry, level, counts) => {
    const { lines, counted } = told(entry);
    expect(lines).toMatchObject([{ level, what: entry.what, more: { messageId: 'm-1', channel: SLACK } }]);
    expect(counted).toEqual(counts);
  });

  it('logs why a channel refused, and only the stack frames of an unexpected error', () => {
    const refused = told({ what: 'refused', message, channel: SLACK, fault: new ChannelRefused(SLACK, 'busy', true) });
    expect(refused.lines).toMatchObject([{ more: { channel: SLACK, code: 'busy', retryable: true } }]);
    const failed = told({ what: 'refused', message, fault: new InputInvalid('alerts: no route') });
    expect(failed.lines).toMatchObject([{ more: { reason: 'alerts: no route', retryable: false } }]);
    const { lines } = told({ what: 'refused', message, fault: new TypeError('at xoxb-secret\nat xoxb-secret') });
    expect(lines).toMatchObject([{ more: { error: 'TypeError', reason: 'unforeseen', places: expect.any(Array) } }]);
    expect(told({ what: 'refused', message, fault: 'xoxb-secret' }).lines).toMatchObject([
      { more: { error: 'string', reason: 'unforeseen' } },
    ]);
  });
});

describe('a batch of the queue', () => {
  it('is read message by message: an unreadable message does not affect the others', () => {
    const letter = (receipt: string, body: string) => ({ receipt, body, sentAt: message.at });
    const { alerts: parcels, unreadable } = readBatch(
      [letter('a', JSON.stringify(message)), letter('b', 'no JSON'), letter('c', '{"id":"m-2"}')],
      message.account,
    );
    expect(parcels).toEqual([{ receipt: 'a', message }]);
    expect(unreadable.map(({ receipt, fault }) => `${receipt} ${fault.message}`)).toEqual([
      'b event: message: expected JSON',
      'c event: message.thread: expected a text of 1 to 512 characters',
    ]);
  });
});
