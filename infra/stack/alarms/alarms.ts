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
import { CANARY, type FunctionId, SCHEDULE_MINUTES } from '../../../shared/catalogue.ts';
import { METRICS } from '../../../shared/domain/metrics.ts';
import type { CellFunction, CellFunctions } from '../cell-functions.ts';
import type { AlertQueue } from '../queues.ts';
import { type AlarmSpec, type AlarmSpecs, type CellMetric, PERIOD, queueAlarm, runbook } from './alarm.ts';

/** What the alarms watch. */
export interface MonitoredCell {
  readonly undelivered: IQueue;
  readonly functions: CellFunctions;
  /** Makes metrics of this cell. */
  readonly ownMetric: CellMetric;
  /** Absent where nobody is told in Slack or PagerDuty. */
  readonly alerts?: AlertQueue;
}

/** Three calls of on-schedule. */
const SILENCE_PERIOD = { period: Duration.minutes(3 * SCHEDULE_MINUTES) };

function functionAlarms({ spec, lambda }: CellFunction, id: string): AlarmSpecs {
  return {
    [`${id}Errors`]: {
      metric: lambda.metricErrors({ ...PERIOD, statistic: Stats.SUM }),
      threshold: 3,
      description: `${spec.name} fails again and again. ${runbook('function-errors')}`,
    },
    [`${id}Throttles`]: {
      metric: lambda.metricThrottles({ ...PERIOD, statistic: Stats.SUM }),
      threshold: 1,
      description: `${spec.name} has to wait for concurrency: what it does takes longer. ${runbook('function-throttles')}`,
    },
  };
}

function scheduleSilence({ spec, lambda }: CellFunction): AlarmSpecs {
  return {
    ScheduleSilence: {
      metric: lambda.metricInvocations({ ...SILENCE_PERIOD, statistic: Stats.SUM }),
      threshold: 1,
      below: true,
      description: `${spec.name} is not called any more. ${runbook('schedule-silence')}`,
    },
  };
}

/** Half a day, in which two sweeps begin. */
const SWEEP_PERIOD = Duration.hours(12);

function sweepSilence(ownMetric: CellMetric): AlarmSpecs {
  return {
    SweepSilence: {
      metric: ownMetric(METRICS.groupsSwept, Stats.SAMPLE_COUNT).with({ period: SWEEP_PERIOD }),
      threshold: 1,
      below: true,
      description: `Nothing has been swept for half a day: what no event told of stays open. ${runbook('sweep-silence')}`,
    },
  };
}

function unreportedFindings(ownMetric: CellMetric): AlarmSpecs {
  return {
    UnreportedFindings: {
      metric: ownMetric(METRICS.findingsUnreported, Stats.SUM),
      threshold: 1,
      description: `Security Hub or the event bus refuses findings: people are told, other systems are not. ${runbook('unreported-findings')}`,
    },
  };
}

function switchUnread(ownMetric: CellMetric): AlarmSpecs {
  return {
    SwitchUnread: {
      metric: ownMetric(METRICS.switchUnread, Stats.SUM),
      threshold: 1,
      description: `The runtime switch cannot be read, or is none: its last value counts until its end, then the policy. ${runbook('switch-unread')}`,
    },
  };
}

/**
 * The oldest age of a marker in an hour, in which two are put. None at all is as bad as one that is late, unless it was left out on purpose.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
function canaryAge(ownMetric: CellMetric): IMetric {
  return new MathExpression({
    expression: `IF(FILL(skipped, 0) > 0, FILL(age, 0), FILL(age, ${CANARY.lateMs}))`,
    usingMetrics: {
      age: ownMetric(METRICS.timeToCloseCanary, Stats.MAXIMUM),
      skipped: ownMetric(METRICS.canarySkipped, Stats.MAXIMUM),
    },
    label: 'age of the marker (ms)',
    period: Duration.minutes(2 * CANARY.everyMinutes),
  });
}

function canaryLate(ownMetric: CellMetric): AlarmSpecs {
  return {
    CanaryLate: {
      metric: canaryAge(ownMetric),
      threshold: CANARY.lateMs,
      missing: 'trouble',
      description: `The canary was closed late or not at all: what a change opens may stay open as long. ${runbook('canary-late')}`,
    },
  };
}

function createAlarm(
  scope: Construct,
  id: string,
  { metric, threshold: from, below, missing, description: says }: AlarmSpec,
): Alarm {
  return new Alarm(scope, `${id}Alarm`, {
    metric,
    threshold: from,
    evaluationPeriods: 1,
    comparisonOperator: below
      ? ComparisonOperator.LESS_THAN_THRESHOLD
      : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: below || missing === 'trouble' ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    alarmDescription: says,
  });
}

/** The alarms of the cell, each with the place in the runbook that says what to do. */
export function alarms(scope: Construct, watched: MonitoredCell, topic: ITopic): readonly Alarm[] {
  const { functions, alerts, ownMetric } = watched;
  const { onChange, onGrant, onSchedule, onConfig, onAlert, onAction } = functions;
  const troubles: AlarmSpecs = {
    ...eventQueueAlarms(watched.undelivered, watched.functions),
    ...functionAlarms(onChange, 'Function'),
    ...functionAlarms(onGrant, 'Grant'),
    ...functionAlarms(onSchedule, 'Schedule'),
    ...(onConfig && functionAlarms(onConfig, 'Config')),
    ...(onAlert && functionAlarms(onAlert, 'Alert')),
    ...(onAction && { ...functionAlarms(onAction, 'Action'), RefusedPresses: refusedActions(ownMetric) }),
    ...(alerts && alertQueueAlarms(alerts)),
    ...scheduleSilence(onSchedule),
    ...sweepSilence(ownMetric),
    ...unreportedFindings(ownMetric),
    ...switchUnread(ownMetric),
    ...canaryLate(ownMetric),
  };
  return Object.entries(troubles).map(([id, trouble]) => {
    const alarm = createAlarm(scope, id, trouble);
    alarm.addAlarmAction(new SnsAction(topic));
    return alarm;
  });
}

/** What it means that something lies in a function's failure queue: whose, the alarm's id, what it says, and the place in the runbook. */
const FAILURE_QUEUES: readonly (readonly [FunctionId, string, string, string])[] = [
  [
    'onChange',
    'FailedChanges',
    'A change failed in all its attempts: what it opened may still be open.',
    'failed-changes',
  ],
  [
    'onGrant',
    'FailedGrants',
    'What was to be granted after a removal was not: somebody may be without access that they should have.',
    'failed-grants',
  ],
  [
    'onSchedule',
    'FailedSchedules',
    'Times were not kept: an exemption may run on, a pending plan wait for ever.',
    'failed-schedules',
  ],
  [
    'onConfig',
    'FailedEvaluations',
    'AWS Config was not told of a group: what it shows of it is old.',
    'failed-evaluations',
  ],
  [
    'onAction',
    'FailedActions',
    'What somebody asked for with a button was not done, and they were not told.',
    'failed-actions',
  ],
];

/** Queues of what found no way. on-alert is fed by a queue with one of its own: nothing calls it asynchronously. */
function eventQueueAlarms(undelivered: IQueue, functions: CellFunctions): AlarmSpecs {
  return {
    UndeliveredEvents: queueAlarm(
      undelivered,
      'EventBridge could not hand over an event: what it changed was not looked at.',
      'undelivered-events',
    ),
    ...Object.fromEntries(
      FAILURE_QUEUES.flatMap(([name, id, says, anchor]) => {
        const failed = functions[name]?.failureQueue;
        return failed === undefined ? [] : [[id, queueAlarm(failed, says, anchor)]];
      }),
    ),
  };
}

/** From when on a message that waits is late. */
const LATE_MESSAGE = Duration.minutes(15);

/** Messages that no channel took, and messages that wait too long for one. */
function alertQueueAlarms({ waiting, undelivered }: AlertQueue): AlarmSpecs {
  return {
    UndeliveredAlerts: queueAlarm(
      undelivered,
      'A message was not taken by Slack or PagerDuty in all its attempts: people have not heard of it there.',
      'undelivered-alerts',
    ),
    WaitingAlerts: {
      metric: waiting.metricApproximateAgeOfOldestMessage({ ...PERIOD, statistic: Stats.MAXIMUM }),
      threshold: LATE_MESSAGE.toSeconds(),
      description: `A message has waited a quarter of an hour for Slack or PagerDuty. ${runbook('waiting-alerts')}`,
    },
  };
}

/** Somebody sends what Slack has not signed, or presses what they may not. */
function refusedActions(ownMetric: CellMetric): AlarmSpec {
  return {
    metric: ownMetric(METRICS.actionsRefused, Stats.SUM),
    threshold: 20,
    description: `Many presses of buttons are refused: a wrong signing secret, or somebody who tries. ${runbook('refused-presses')}`,
  };
}
