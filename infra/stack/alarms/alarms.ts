import { Duration } from 'aws-cdk-lib';
import { type Alarm, type IMetric, MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { CANARY, type FunctionId, SCHEDULE_MINUTES } from '../../../shared/catalogue.ts';
import { METRICS } from '../../../shared/domain/metrics.ts';
import type { CellFunction, CellFunctions } from '../cell-functions.ts';
import type { AlertQueue } from '../queues.ts';
import { type AlarmSpecs, type CellMetric, createAlarm, FIVE_MINUTES, queueAlarm } from './alarm.ts';

/** What the alarms and the dashboard show. */
export interface MonitoredCell {
  readonly undelivered: IQueue;
  readonly functions: CellFunctions;
  readonly cellMetric: CellMetric;
  /** Absent if the cell has no chat channels. */
  readonly alerts?: AlertQueue;
}

/** Creates the alarms of the cell, which notify the topic. */
export function alarms(scope: Construct, cell: MonitoredCell, topic: ITopic): readonly Alarm[] {
  const { onChange, onGrant, onSchedule, onConfig, onAlert, onAction } = cell.functions;
  const specs: AlarmSpecs = {
    ...eventQueueAlarms(cell),
    ...functionAlarms(onChange, 'Function'),
    ...functionAlarms(onGrant, 'Grant'),
    ...functionAlarms(onSchedule, 'Schedule'),
    ...(onConfig && functionAlarms(onConfig, 'Config')),
    ...(onAlert && functionAlarms(onAlert, 'Alert')),
    ...(onAction && { ...functionAlarms(onAction, 'Action'), ...refusedActions(cell) }),
    ...(cell.alerts && alertQueueAlarms(cell.alerts)),
    ...silenceAlarms(cell),
    ...faultAlarms(cell),
    ...canaryAlarm(cell),
  };
  return Object.entries(specs).map(([id, spec]) => {
    const alarm = createAlarm(scope, id, spec);
    alarm.addAlarmAction(new SnsAction(topic));
    return alarm;
  });
}

function functionAlarms({ spec, lambda }: CellFunction, id: string): AlarmSpecs {
  return {
    [`${id}Errors`]: {
      metric: lambda.metricErrors({ ...FIVE_MINUTES, statistic: Stats.SUM }),
      threshold: 3,
      says: `${spec.name} fails repeatedly.`,
      section: 'function-errors',
    },
    [`${id}Throttles`]: {
      metric: lambda.metricThrottles({ ...FIVE_MINUTES, statistic: Stats.SUM }),
      threshold: 1,
      says: `${spec.name} waits for concurrency, so its work is late.`,
      section: 'function-throttles',
    },
  };
}

/**
 * The alarm on the failure queue of each function. on-alert has none, because a queue with its own alarm
 * invokes it.
 */
const FAILURES: readonly {
  readonly of: FunctionId;
  readonly id: string;
  readonly says: string;
  readonly section: string;
}[] = [
  {
    of: 'onChange',
    id: 'FailedChanges',
    says: 'A change failed in all attempts: what it opened may still be open.',
    section: 'failed-changes',
  },
  {
    of: 'onGrant',
    id: 'FailedGrants',
    says: 'A grant after a removal failed in all attempts: somebody may have lost access.',
    section: 'failed-grants',
  },
  {
    of: 'onSchedule',
    id: 'FailedSchedules',
    says: 'A scheduled run failed in all attempts: expired exemptions may still apply, and pending plans may wait.',
    section: 'failed-schedules',
  },
  {
    of: 'onConfig',
    id: 'FailedEvaluations',
    says: 'An evaluation for AWS Config failed in all attempts: AWS Config shows an outdated result.',
    section: 'failed-evaluations',
  },
  {
    of: 'onAction',
    id: 'FailedActions',
    says: 'The action of a button failed in all attempts, and the person got no answer.',
    section: 'failed-actions',
  },
];

function eventQueueAlarms({ undelivered, functions }: MonitoredCell): AlarmSpecs {
  const failures = FAILURES.flatMap(({ of, id, says, section }) => {
    const queue = functions[of]?.failureQueue;
    return queue === undefined ? [] : [[id, queueAlarm(queue, says, section)] as const];
  });
  return {
    UndeliveredEvents: queueAlarm(
      undelivered,
      'EventBridge could not deliver an event: its change was not evaluated.',
      'undelivered-events',
    ),
    ...Object.fromEntries(failures),
  };
}

function alertQueueAlarms({ waiting, undelivered }: AlertQueue): AlarmSpecs {
  return {
    UndeliveredAlerts: queueAlarm(
      undelivered,
      'Slack or PagerDuty did not accept a message in any attempt: nobody was notified there.',
      'undelivered-alerts',
    ),
    WaitingAlerts: {
      metric: waiting.metricApproximateAgeOfOldestMessage({ ...FIVE_MINUTES, statistic: Stats.MAXIMUM }),
      threshold: Duration.minutes(15).toSeconds(),
      says: 'A message has waited for Slack or PagerDuty for a quarter of an hour.',
      section: 'waiting-alerts',
    },
  };
}

function refusedActions({ cellMetric }: MonitoredCell): AlarmSpecs {
  return {
    RefusedPresses: {
      metric: cellMetric(METRICS.actionsRefused, Stats.SUM),
      threshold: 20,
      says: 'Many actions of buttons are refused: the signing secret is wrong, or somebody forges calls.',
      section: 'refused-presses',
    },
  };
}

function silenceAlarms({ functions: { onSchedule }, cellMetric }: MonitoredCell): AlarmSpecs {
  return {
    ScheduleSilence: {
      // The time of three scheduled calls.
      metric: onSchedule.lambda.metricInvocations({
        period: Duration.minutes(3 * SCHEDULE_MINUTES),
        statistic: Stats.SUM,
      }),
      threshold: 1,
      below: true,
      says: `Nothing invokes ${onSchedule.spec.name}.`,
      section: 'schedule-silence',
    },
    SweepSilence: {
      // Two sweeps start within twelve hours.
      metric: cellMetric(METRICS.groupsSwept, Stats.SAMPLE_COUNT).with({ period: Duration.hours(12) }),
      threshold: 1,
      below: true,
      says: 'No sweep has finished for half a day: openings whose events were lost stay open.',
      section: 'sweep-silence',
    },
  };
}

function faultAlarms({ cellMetric }: MonitoredCell): AlarmSpecs {
  return {
    UnreportedFindings: {
      metric: cellMetric(METRICS.findingsUnreported, Stats.SUM),
      threshold: 1,
      says: 'Security Hub or the event bus refuses findings: people are notified, other systems are not.',
      section: 'unreported-findings',
    },
    SwitchUnread: {
      metric: cellMetric(METRICS.switchUnread, Stats.SUM),
      threshold: 1,
      says: 'The runtime switch is unreadable or invalid: its last value applies until its end, then the policy.',
      section: 'switch-unread',
    },
  };
}

/**
 * The greatest age of a marker within an hour, in which two markers are added. An hour without a removed
 * marker counts as late, unless the policy skips the canary.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
function canaryAge(cellMetric: CellMetric): IMetric {
  return new MathExpression({
    expression: `IF(FILL(skipped, 0) > 0, FILL(age, 0), FILL(age, ${CANARY.lateMs}))`,
    usingMetrics: {
      age: cellMetric(METRICS.timeToCloseCanary, Stats.MAXIMUM),
      skipped: cellMetric(METRICS.canarySkipped, Stats.MAXIMUM),
    },
    label: 'age of the marker (ms)',
    period: Duration.minutes(2 * CANARY.everyMinutes),
  });
}

function canaryAlarm({ cellMetric }: MonitoredCell): AlarmSpecs {
  return {
    CanaryLate: {
      metric: canaryAge(cellMetric),
      threshold: CANARY.lateMs,
      missing: 'breaching',
      says: 'The canary was closed late or not at all: what a change opens may stay open as long.',
      section: 'canary-late',
    },
  };
}
