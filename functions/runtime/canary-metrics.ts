import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { CANARY_LATE_MS, markerCreatedAt } from '../../shared/domain/canary.ts';
import type { Command, CommandResult } from '../../shared/domain/command.ts';
import type { Outcome } from '../../shared/domain/decision.ts';
import { METRICS } from '../../shared/domain/metrics.ts';

/** Records how long a canary rule was open. */
function addTimeToClose(metrics: Metrics, since: number, until: number): Metrics {
  return metrics.addMetric(METRICS.timeToCloseCanary, MetricUnit.Milliseconds, Math.max(0, until - since));
}

/** Records the time to close a canary rule, from its description or else from its change. */
export function measureClosedCanary(metrics: Metrics, { plan, removed, at }: Outcome): void {
  for (const rule of removed) addTimeToClose(metrics, markerCreatedAt(rule) ?? plan.change.at, at);
}

/**
 * Records a canary rule that is still open when the next one is due. A rule without a valid creation time
 * counts as late, because somebody else wrote its description. A young rule says nothing: Lambda invoked the
 * same request twice.
 */
function measureStandingCanary(metrics: Metrics, since: number | undefined, now: number): void {
  if (since === undefined || since > now) addTimeToClose(metrics, 0, CANARY_LATE_MS);
  else if (now - since >= CANARY_LATE_MS) addTimeToClose(metrics, since, now);
}

/**
 * Records the result of a canary command: whether it was skipped, and how long the last canary rule has been
 * open. A refusal counts as late, because the canaries of other regions would hide it.
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
