import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { TELEMETRY } from '../shared/catalogue.ts';
import { DIMENSIONS } from '../shared/model/metrics.ts';

/** A metric of the cell's own, one value for each five minutes. */
export const ownMetric = (metricName: string, statistic: string, label?: string): Metric =>
  new Metric({
    namespace: TELEMETRY.namespace,
    metricName,
    dimensionsMap: { [DIMENSIONS.service]: TELEMETRY.service },
    period: Duration.minutes(5),
    statistic,
    ...(label !== undefined && { label }),
  });
