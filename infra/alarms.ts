import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { runbook } from './runbook.ts';

/** What the alarms watch. */
export interface Watched {
  readonly undelivered: IQueue;
  readonly failed: IQueue;
  readonly onChange: IFunction;
}

interface Trouble {
  readonly metric: IMetric;
  /** From this value within five minutes on. */
  readonly from: number;
  readonly says: string;
}

const PERIOD = { period: Duration.minutes(5) };

const depthOf = (queue: IQueue): IMetric =>
  queue.metricApproximateNumberOfMessagesVisible({ ...PERIOD, statistic: Stats.MAXIMUM });

const troublesOf = ({ undelivered, failed, onChange }: Watched): Readonly<Record<string, Trouble>> => ({
  UndeliveredEvents: {
    metric: depthOf(undelivered),
    from: 1,
    says: `EventBridge could not hand over an event: what it changed was not looked at. ${runbook('undelivered-events')}`,
  },
  FailedChanges: {
    metric: depthOf(failed),
    from: 1,
    says: `A change failed in all its attempts: what it opened may still be open. ${runbook('failed-changes')}`,
  },
  FunctionErrors: {
    metric: onChange.metricErrors({ ...PERIOD, statistic: Stats.SUM }),
    from: 3,
    says: `on-change fails again and again. ${runbook('function-errors')}`,
  },
  FunctionThrottles: {
    metric: onChange.metricThrottles({ ...PERIOD, statistic: Stats.SUM }),
    from: 1,
    says: `on-change has to wait for concurrency: closing takes longer. ${runbook('function-throttles')}`,
  },
});

/** The alarms of the cell, each with the place in the runbook that says what to do. */
export function alarms(scope: Construct, watched: Watched, topic: ITopic): readonly Alarm[] {
  return Object.entries(troublesOf(watched)).map(([id, { metric, from, says }]) => {
    const alarm = new Alarm(scope, `${id}Alarm`, {
      metric,
      threshold: from,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: says,
    });
    alarm.addAlarmAction(new SnsAction(topic));
    return alarm;
  });
}
