import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { METRIC_NAMESPACE } from '../../../shared/catalogue.ts';
import { DIMENSIONS } from '../../../shared/domain/metrics.ts';

/** A reference to a section of the runbook, for the description of an alarm. */
export function runbook(anchor: string): string {
  return `Runbook: docs/runbook.md#${anchor}`;
}

/** Period of most metrics. */
export const FIVE_MINUTES = { period: Duration.minutes(5) };

/** Creates one of the cell's own metrics, with a period of five minutes. */
export type CellMetric = (metricName: string, statistic: string, label?: string) => Metric;

/** The metrics of one cell. A dimension separates the cells of an account. */
export function cellMetrics(cell: string): CellMetric {
  return (metricName, statistic, label) =>
    new Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { [DIMENSIONS.service]: cell },
      ...FIVE_MINUTES,
      statistic,
      ...(label !== undefined && { label }),
    });
}

/** When an alarm fires, and what it says. */
export interface AlarmSpec {
  readonly metric: IMetric;
  /** The alarm fires if the metric reaches this value in one period, or is below it if `below` is set. */
  readonly threshold: number;
  readonly below?: true;
  /** Whether the alarm also fires in a period without a value. Default: only with `below`. */
  readonly missing?: 'breaching';
  /** What is wrong, as a sentence. */
  readonly says: string;
  /** The section of docs/runbook.md that says what to do. */
  readonly section: string;
}

/** Alarms by the beginning of their construct id. */
export type AlarmSpecs = Readonly<Record<string, AlarmSpec>>;

/** An alarm on a queue that should be empty. */
export function queueAlarm(queue: IQueue, says: string, section: string): AlarmSpec {
  const metric = queue.metricApproximateNumberOfMessagesVisible({ ...FIVE_MINUTES, statistic: Stats.MAXIMUM });
  return { metric, threshold: 1, says, section };
}

/** Creates the alarm. Its description ends with the section of the runbook. */
export function createAlarm(
  scope: Construct,
  id: string,
  { metric, threshold, below, missing, says, section }: AlarmSpec,
): Alarm {
  return new Alarm(scope, `${id}Alarm`, {
    metric,
    threshold,
    evaluationPeriods: 1,
    comparisonOperator: below
      ? ComparisonOperator.LESS_THAN_THRESHOLD
      : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: below || missing ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    alarmDescription: `${says} ${runbook(section)}`,
  });
}
