import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { putAt } from '../shared/model/canary.ts';
import type { CommandResult } from '../shared/model/command.ts';
import type { Outcome } from '../shared/model/decision.ts';
import { METRICS } from '../shared/model/metrics.ts';

/** How long a marker has stood, ms; from the change that told of it where the marker itself does not say. */
const measure = (metrics: Metrics, since: number, until: number): Metrics =>
  metrics.addMetric(METRICS.timeToCloseCanary, MetricUnit.Milliseconds, Math.max(0, until - since));

/** Measures a marker that was closed, by whichever way. */
export const measureClosed = (metrics: Metrics, { plan, removed, at }: Outcome): void => {
  for (const rule of removed) measure(metrics, putAt(rule) ?? plan.change.at, at);
};

/**
 * Measures what came of a command: that no marker was put, and for how long the last one has stood where it was not closed by the next.
 *
 * @param now milliseconds since the epoch.
 */
export const measurePut = (metrics: Metrics, result: CommandResult, now: number): void => {
  if (!result.kind.startsWith('canary-')) return;
  metrics.addMetric(METRICS.canarySkipped, MetricUnit.Count, result.kind === 'canary-skipped' ? 1 : 0);
  if (result.kind === 'canary-stands' && result.since !== undefined) measure(metrics, result.since, now);
};
