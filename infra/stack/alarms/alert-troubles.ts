import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS } from '../../../shared/domain/metrics.ts';
import type { AlertQueue } from '../alert-queue.ts';
import type { OwnMetric } from './own-metric.ts';
import { runbook } from './runbook.ts';
import { PERIOD, queueTrouble, type Trouble, type Troubles } from './trouble.ts';

/** From when on a message that waits is late. */
const LATE_ALERT = Duration.minutes(15);

/** Messages that no channel took, and messages that wait too long for one. */
export const alertTroubles = ({ waiting, undelivered }: AlertQueue): Troubles => ({
  UndeliveredAlerts: queueTrouble(
    undelivered,
    'A message was not taken by Slack or PagerDuty in all its attempts: people have not heard of it there.',
    'undelivered-alerts',
  ),
  WaitingAlerts: {
    metric: waiting.metricApproximateAgeOfOldestMessage({ ...PERIOD, statistic: Stats.MAXIMUM }),
    from: LATE_ALERT.toSeconds(),
    says: `A message has waited a quarter of an hour for Slack or PagerDuty. ${runbook('waiting-alerts')}`,
  },
});

/** Somebody sends what Slack has not signed, or presses what they may not. */
export const refusedPresses = (ownMetric: OwnMetric): Trouble => ({
  metric: ownMetric(METRICS.pressesRefused, Stats.SUM),
  from: 20,
  says: `Many presses of buttons are refused: a wrong signing secret, or somebody who tries. ${runbook('refused-presses')}`,
});
