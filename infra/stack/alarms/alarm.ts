import { Duration } from 'aws-cdk-lib';
import { type IMetric, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { METRIC_NAMESPACE } from '../../../shared/catalogue.ts';
import { DIMENSIONS } from '../../../shared/domain/metrics.ts';

/** A pointer to the part of the runbook that tells what to do, for the description of an alarm. */
export function runbook(anchor: string): string {
  return `Runbook: docs/runbook.md#${anchor}`;
}

/** A metric of the cell's own, one value for each five minutes. */
export type CellMetric = (metricName: string, statistic: string, label?: string) => Metric;

/** The metrics of one cell. Those of the account's other cells differ in the dimension. */
export function cellMetrics(cell: string): CellMetric {
  return (metricName, statistic, label) =>
    new Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { [DIMENSIONS.service]: cell },
      period: Duration.minutes(5),
      statistic,
      ...(label !== undefined && { label }),
    });
}

/** What an alarm stands on. */
export interface AlarmSpec {
  readonly metric: IMetric;
  /** From this value within the metric's period on; with `below`, under it. */
  readonly threshold: number;
  readonly below?: true;
  /** What to think of a period without a value; default: trouble below a value, no trouble above one. */
  readonly missing?: 'trouble';
  readonly description: string;
}

/** Troubles by the id of their alarm. */
export type AlarmSpecs = Readonly<Record<string, AlarmSpec>>;

/** What most alarms look at. */
export const PERIOD = { period: Duration.minutes(5) };

/** Something lies in a queue that should be empty. */
export function queueAlarm(queue: IQueue, says: string, anchor: string): AlarmSpec {
  return {
    metric: queue.metricApproximateNumberOfMessagesVisible({ ...PERIOD, statistic: Stats.MAXIMUM }),
    threshold: 1,
    description: `${says} ${runbook(anchor)}`,
  };
}
