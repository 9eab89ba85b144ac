import { Duration } from 'aws-cdk-lib';
import { type IMetric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { runbook } from './runbook.ts';

/** What an alarm stands on. */
export interface Trouble {
  readonly metric: IMetric;
  /** From this value within the metric's period on; with `below`, under it. */
  readonly from: number;
  readonly below?: true;
  /** What to think of a period without a value; default: trouble below a value, no trouble above one. */
  readonly missing?: 'trouble';
  readonly says: string;
}

/** Troubles by the id of their alarm. */
export type Troubles = Readonly<Record<string, Trouble>>;

/** What most alarms look at. */
export const PERIOD = { period: Duration.minutes(5) };

/** Something lies in a queue that should be empty. */
export const queueTrouble = (queue: IQueue, says: string, anchor: string): Trouble => ({
  metric: queue.metricApproximateNumberOfMessagesVisible({ ...PERIOD, statistic: Stats.MAXIMUM }),
  from: 1,
  says: `${says} ${runbook(anchor)}`,
});
