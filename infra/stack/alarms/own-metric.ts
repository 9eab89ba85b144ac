import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC_NAMESPACE } from '../../../shared/catalogue.ts';
import { DIMENSIONS } from '../../../shared/domain/metrics.ts';

/** A metric of the cell's own, one value for each five minutes. */
export type OwnMetric = (metricName: string, statistic: string, label?: string) => Metric;

/** The metrics of one cell. Those of the account's other cells differ in the dimension. */
export const metricsOf =
  (cell: string): OwnMetric =>
  (metricName, statistic, label) =>
    new Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { [DIMENSIONS.service]: cell },
      period: Duration.minutes(5),
      statistic,
      ...(label !== undefined && { label }),
    });
