import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { CANARY_LATE_MS, markerCreatedAt } from '../../shared/domain/canary.ts';
import type { Command, CommandResult } from '../../shared/domain/command.ts';
import type { Outcome } from '../../shared/domain/decision.ts';
import { METRICS } from '../../shared/domain/metrics.ts';

/** How long a marker has stood, ms; from the change that told of it where the marker itself does not say. */
function addTimeToClose(metrics: Metrics, since: number, until: number): Metrics {
  return metrics.addMetric(METRICS.timeToCloseCanary, MetricUnit.Milliseconds, Math.max(0, until - since));
}

/** Measures a marker that was closed, by whichever way. */
export function measureClosedCanary(metrics: Metrics, { plan, removed, at }: Outcome): void {
  for (const rule of removed) addTimeToClose(metrics, markerCreatedAt(rule) ?? plan.change.at, at);
}

/**
 * For how long a marker has stood that is not gone by the next, ms. One whose description does not tell, or tells of a time to come, was
 * written by somebody else: it counts as late. A younger one was put by the same call, which has come twice: it says nothing yet.
 */
function measureStandingCanary(metrics: Metrics, since: number | undefined, now: number): void {
  if (since === undefined || since > now) addTimeToClose(metrics, 0, CANARY_LATE_MS);
  else if (now - since >= CANARY_LATE_MS) addTimeToClose(metrics, since, now);
}

/**
 * Measures what came of a command: that no marker was put, and for how long the last one has stood where it was not closed by the next. A
 * refusal counts as late: where other regions have a canary that is closed, nothing else would tell of this one.
 *
 * @param now milliseconds since the epoch.
 */
export function measureCanaryCommand(
  metrics: Metrics,
  { do: asked }: Command,
  result: CommandResult,
  now: number,
): void {
  if (asked !== 'canary') return;
  metrics.addMetric(METRICS.canarySkipped, MetricUnit.Count, result.kind === 'canary-skipped' ? 1 : 0);
  if (result.kind === 'canary-stands') measureStandingCanary(metrics, result.since, now);
  if (result.kind === 'refused') addTimeToClose(metrics, 0, CANARY_LATE_MS);
}
