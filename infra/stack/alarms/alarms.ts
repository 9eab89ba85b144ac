import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { CANARY, SCHEDULE_MINUTES } from '../../../shared/catalogue.ts';
import { METRICS } from '../../../shared/domain/metrics.ts';
import type { AlertQueue } from '../alert-queue.ts';
import type { CellFunction, CellFunctions } from '../cell-functions.ts';
import { alertTroubles, refusedPresses } from './alert-troubles.ts';
import type { OwnMetric } from './own-metric.ts';
import { queueTroubles } from './queue-troubles.ts';
import { runbook } from './runbook.ts';
import { PERIOD, type Trouble, type Troubles } from './trouble.ts';

/** What the alarms watch. */
export interface Watched {
  readonly undelivered: IQueue;
  readonly functions: CellFunctions;
  /** Makes metrics of this cell. */
  readonly ownMetric: OwnMetric;
  /** Absent where nobody is told in Slack or PagerDuty. */
  readonly alerts?: AlertQueue;
}

/** Three calls of on-schedule. */
const SILENCE = { period: Duration.minutes(3 * SCHEDULE_MINUTES) };

const troublesOf = ({ spec, lambda }: CellFunction, id: string): Troubles => ({
  [`${id}Errors`]: {
    metric: lambda.metricErrors({ ...PERIOD, statistic: Stats.SUM }),
    from: 3,
    says: `${spec.name} fails again and again. ${runbook('function-errors')}`,
  },
  [`${id}Throttles`]: {
    metric: lambda.metricThrottles({ ...PERIOD, statistic: Stats.SUM }),
    from: 1,
    says: `${spec.name} has to wait for concurrency: what it does takes longer. ${runbook('function-throttles')}`,
  },
});

const silence = ({ spec, lambda }: CellFunction): Troubles => ({
  ScheduleSilence: {
    metric: lambda.metricInvocations({ ...SILENCE, statistic: Stats.SUM }),
    from: 1,
    below: true,
    says: `${spec.name} is not called any more. ${runbook('schedule-silence')}`,
  },
});

/** Half a day, in which two sweeps begin. */
const SWEPT = Duration.hours(12);

const noSweep = (ownMetric: OwnMetric): Troubles => ({
  SweepSilence: {
    metric: ownMetric(METRICS.groupsSwept, Stats.SAMPLE_COUNT).with({ period: SWEPT }),
    from: 1,
    below: true,
    says: `Nothing has been swept for half a day: what no event told of stays open. ${runbook('sweep-silence')}`,
  },
});

const unreported = (ownMetric: OwnMetric): Troubles => ({
  UnreportedFindings: {
    metric: ownMetric(METRICS.findingsUnreported, Stats.SUM),
    from: 1,
    says: `Security Hub or the event bus refuses findings: people are told, other systems are not. ${runbook('unreported-findings')}`,
  },
});

const unreadSwitch = (ownMetric: OwnMetric): Troubles => ({
  SwitchUnread: {
    metric: ownMetric(METRICS.switchUnread, Stats.SUM),
    from: 1,
    says: `The runtime switch cannot be read, or is none: its last value counts until its end, then the policy. ${runbook('switch-unread')}`,
  },
});

/**
 * The oldest age of a marker in an hour, in which two are put. None at all is as bad as one that is late, unless it was left out on purpose.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
const canaryAge = (ownMetric: OwnMetric): IMetric =>
  new MathExpression({
    expression: `IF(FILL(skipped, 0) > 0, FILL(age, 0), FILL(age, ${CANARY.lateMs}))`,
    usingMetrics: {
      age: ownMetric(METRICS.timeToCloseCanary, Stats.MAXIMUM),
      skipped: ownMetric(METRICS.canarySkipped, Stats.MAXIMUM),
    },
    label: 'age of the marker (ms)',
    period: Duration.minutes(2 * CANARY.everyMinutes),
  });

const lateCanary = (ownMetric: OwnMetric): Troubles => ({
  CanaryLate: {
    metric: canaryAge(ownMetric),
    from: CANARY.lateMs,
    missing: 'trouble',
    says: `The canary was closed late or not at all: what a change opens may stay open as long. ${runbook('canary-late')}`,
  },
});

const alarmFor = (scope: Construct, id: string, { metric, from, below, missing, says }: Trouble): Alarm =>
  new Alarm(scope, `${id}Alarm`, {
    metric,
    threshold: from,
    evaluationPeriods: 1,
    comparisonOperator: below
      ? ComparisonOperator.LESS_THAN_THRESHOLD
      : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: below || missing === 'trouble' ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    alarmDescription: says,
  });

/** The alarms of the cell, each with the place in the runbook that says what to do. */
export function alarms(scope: Construct, watched: Watched, topic: ITopic): readonly Alarm[] {
  const { functions, alerts, ownMetric } = watched;
  const { onChange, onGrant, onSchedule, onConfig, onAlert, onAction } = functions;
  const troubles: Troubles = {
    ...queueTroubles(watched.undelivered, watched.functions),
    ...troublesOf(onChange, 'Function'),
    ...troublesOf(onGrant, 'Grant'),
    ...troublesOf(onSchedule, 'Schedule'),
    ...(onConfig && troublesOf(onConfig, 'Config')),
    ...(onAlert && troublesOf(onAlert, 'Alert')),
    ...(onAction && { ...troublesOf(onAction, 'Action'), RefusedPresses: refusedPresses(ownMetric) }),
    ...(alerts && alertTroubles(alerts)),
    ...silence(onSchedule),
    ...noSweep(ownMetric),
    ...unreported(ownMetric),
    ...unreadSwitch(ownMetric),
    ...lateCanary(ownMetric),
  };
  return Object.entries(troubles).map(([id, trouble]) => {
    const alarm = alarmFor(scope, id, trouble);
    alarm.addAlarmAction(new SnsAction(topic));
    return alarm;
  });
}
