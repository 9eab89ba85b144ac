import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { ChannelRefused, RemediatorError } from '../../shared/domain/errors.ts';
import type { Message } from '../../shared/domain/message.ts';
import { METRICS } from '../../shared/domain/metrics.ts';
import type { DeliveryJournalEntry } from '../../shared/notifications/dispatch/channel-worker.ts';

function messageFields({ id, thread, kind }: Message) {
  return { messageId: id, thread, kind };
}

/** The stack frames of an error, without its message. */
function stackFrames({ stack = '' }: Error): readonly string[] {
  return stack
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
    .slice(0, 5);
}

/**
 * Fields of an error. Only the project's own errors keep their messages: others may contain a channel's
 * address or key.
 */
function faultFields(fault: unknown) {
  if (fault instanceof ChannelRefused) return { code: fault.code, retryable: fault.retryable };
  if (fault instanceof RemediatorError) return { error: fault.name, reason: fault.message, retryable: fault.retryable };
  if (fault instanceof Error) return { error: fault.name, reason: 'unforeseen', places: stackFrames(fault) };
  return { error: typeof fault, reason: 'unforeseen' };
}

/** Logs and counts deliveries, without any key. */
export function deliveryJournal(logger: Logger, metrics: Metrics) {
  return (entry: DeliveryJournalEntry): void => {
    const { what, message } = entry;
    switch (what) {
      case 'delivered':
        metrics.addMetric(METRICS.alertsDelivered, MetricUnit.Count, 1);
        return logger.info(what, { ...messageFields(message), channel: entry.channel });
      case 'known':
        return logger.info(what, { ...messageFields(message), channel: entry.channel });
      case 'fell-back':
        metrics.addMetric(METRICS.fallbacksUsed, MetricUnit.Count, 1);
        return logger.warn(what, { ...messageFields(message), channel: entry.channel, code: entry.code });
      case 'unedited':
        return logger.warn(what, { ...messageFields(message), channel: entry.channel, code: entry.code });
      case 'refused':
        metrics.addMetric(METRICS.alertsRefused, MetricUnit.Count, 1);
        return logger.error(what, { ...messageFields(message), channel: entry.channel, ...faultFields(entry.fault) });
      default:
        return what satisfies never;
    }
  };
}
