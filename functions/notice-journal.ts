import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRICS } from '../shared/model/metrics.ts';
import type { NoticeEntry } from '../shared/model/ports.ts';

/** Turns what went wrong with notices into structured logs; what people of a chat were not told counts as a failure. */
export const noticeJournalTo =
  (logger: Logger, metrics: Metrics) =>
  (entry: NoticeEntry): void => {
    switch (entry.what) {
      case 'chat-refused':
        metrics.addMetric(METRICS.failures, MetricUnit.Count, 1);
        return logger.error('chat refused', { dedupId: entry.dedupId, fault: entry.fault });
      case 'alias-unread':
        return logger.warn('alias unread', { fault: entry.fault });
      default:
        return entry satisfies never;
    }
  };
