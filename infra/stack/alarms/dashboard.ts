import { Duration, Stack } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, type IMetric, MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { METRIC_NAMESPACE } from '../../../shared/catalogue.ts';
import { DIMENSIONS, METRICS } from '../../../shared/domain/metrics.ts';
import type { CellMetric } from './alarm.ts';
import type { MonitoredCell } from './alarms.ts';

const PERIOD = Duration.minutes(5);
const HALF = 12;

/** A line for each control that has found something, whatever controls there are. */
function byControl(cell: string): IMetric {
  return new MathExpression({
    expression: `SEARCH('{${METRIC_NAMESPACE},${DIMENSIONS.service},${DIMENSIONS.control}} MetricName="${METRICS.violations}" ${DIMENSIONS.service}="${cell}"', 'Sum', ${PERIOD.toSeconds()})`,
    label: '',
    period: PERIOD,
  });
}

function graph(title: string, left: readonly IMetric[]): GraphWidget {
  return new GraphWidget({ title, left: [...left], width: HALF, leftYAxis: { min: 0 } });
}

function timeToClose(ownMetric: CellMetric): GraphWidget {
  return graph(
    'Time from the change to its end (ms)',
    [50, 95, 99].map((share) => ownMetric(METRICS.timeToClose, Stats.percentile(share), `p${share}`)),
  );
}

function queues({ undelivered, functions, alerts }: MonitoredCell): GraphWidget {
  return graph(
    'Events that found no way',
    [
      { queue: undelivered, label: 'not delivered' },
      ...Object.values(functions).flatMap(({ failureQueue: failed, spec }) =>
        failed ? [{ queue: failed, label: spec.name }] : [],
      ),
      ...(alerts ? [{ queue: alerts.undelivered, label: 'alerts' }] : []),
    ].map(({ queue, label }) =>
      queue.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: Stats.MAXIMUM, label }),
    ),
  );
}

function errors({ functions }: MonitoredCell): GraphWidget {
  return graph(
    'Errors of the functions',
    Object.values(functions).map(({ lambda, spec }) =>
      lambda.metricErrors({ period: PERIOD, statistic: Stats.SUM, label: spec.name }),
    ),
  );
}

function channels(ownMetric: CellMetric): GraphWidget[] {
  return [
    graph('Messages to Slack and PagerDuty', [
      ownMetric(METRICS.alertsDelivered, Stats.SUM, 'delivered'),
      ownMetric(METRICS.alertsRefused, Stats.SUM, 'refused, and tried again'),
      ownMetric(METRICS.fallbacksUsed, Stats.SUM, 'by webhook, as the bot could not'),
    ]),
    graph('Buttons', [ownMetric(METRICS.actionsRefused, Stats.SUM, 'refused')]),
  ];
}

/**
 * What the cell does and how it is. It costs $3 a month where the account has three dashboards already, else nothing; each metric of
 * our own that is on it costs $0.30 a month as soon as it has a value, the violations as often as there are controls that find some.
 *
 * @see https://aws.amazon.com/cloudwatch/pricing/
 */
export function dashboard(scope: Construct, watched: MonitoredCell): Dashboard {
  const { ownMetric } = watched;
  return new Dashboard(scope, 'Dashboard', {
    defaultInterval: Duration.days(7),
    widgets: [
      [graph('Violations by control', [byControl(Stack.of(scope).stackName)]), timeToClose(ownMetric)],
      [
        graph('Rules removed, groups swept', [
          ownMetric(METRICS.rulesRevoked, Stats.SUM, 'rules removed'),
          ownMetric(METRICS.groupsSwept, Stats.SUM, 'groups swept'),
        ]),
        graph('What asks for people', [
          ownMetric(METRICS.plansHeld, Stats.SUM, 'held: the budget is spent'),
          ownMetric(METRICS.reopenLoops, Stats.SUM, 'fights: it came back'),
          ownMetric(METRICS.exemptionsExpiring, Stats.MAXIMUM, 'exemptions that run out within a week'),
          ownMetric(METRICS.failures, Stats.SUM, 'failures'),
          ownMetric(METRICS.switchUnread, Stats.SUM, 'the runtime switch could not be read'),
          ownMetric(METRICS.findingsUnreported, Stats.SUM, 'findings that others refuse'),
          ownMetric(METRICS.alertsGathered, Stats.SUM, 'told in the digest of a storm'),
        ]),
      ],
      [
        graph('The canary: how long its marker stood (ms)', [
          ownMetric(METRICS.timeToCloseCanary, Stats.MAXIMUM, 'longest'),
        ]),
        graph('The canary: left out, as it would not have been closed', [
          ownMetric(METRICS.canarySkipped, Stats.SUM, 'left out'),
        ]),
      ],
      ...(watched.alerts ? [channels(ownMetric)] : []),
      [queues(watched), errors(watched)],
    ],
  });
}
