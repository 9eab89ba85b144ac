import { Duration, Stack } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, type IMetric, MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { METRIC_NAMESPACE } from '../../../shared/catalogue.ts';
import { DIMENSIONS, METRICS } from '../../../shared/domain/metrics.ts';
import { type CellMetric, FIVE_MINUTES } from './alarm.ts';
import type { MonitoredCell } from './alarms.ts';

/** Half of the dashboard's grid, which has 24 columns. */
const HALF_WIDTH = 12;

/** One line for each control that has found something. */
function violationsByControl(cell: string): IMetric {
  return new MathExpression({
    expression: `SEARCH('{${METRIC_NAMESPACE},${DIMENSIONS.service},${DIMENSIONS.control}} MetricName="${METRICS.violations}" ${DIMENSIONS.service}="${cell}"', 'Sum', ${FIVE_MINUTES.period.toSeconds()})`,
    label: '',
    ...FIVE_MINUTES,
  });
}

function graph(title: string, left: readonly IMetric[]): GraphWidget {
  return new GraphWidget({ title, left: [...left], width: HALF_WIDTH, leftYAxis: { min: 0 } });
}

function timeToClose(cellMetric: CellMetric): GraphWidget {
  return graph(
    'Time from the change to the removal (ms)',
    [50, 95, 99].map((share) => cellMetric(METRICS.timeToClose, Stats.percentile(share), `p${share}`)),
  );
}

function queues({ undelivered, functions, alerts }: MonitoredCell): GraphWidget {
  return graph(
    'Messages in dead-letter queues',
    [
      { queue: undelivered, label: 'not delivered' },
      ...Object.values(functions).flatMap(({ failureQueue, spec }) =>
        failureQueue ? [{ queue: failureQueue, label: spec.name }] : [],
      ),
      ...(alerts ? [{ queue: alerts.undelivered, label: 'alerts' }] : []),
    ].map(({ queue, label }) =>
      queue.metricApproximateNumberOfMessagesVisible({ ...FIVE_MINUTES, statistic: Stats.MAXIMUM, label }),
    ),
  );
}

function errors({ functions }: MonitoredCell): GraphWidget {
  return graph(
    'Errors of the functions',
    Object.values(functions).map(({ lambda, spec }) =>
      lambda.metricErrors({ ...FIVE_MINUTES, statistic: Stats.SUM, label: spec.name }),
    ),
  );
}

function channels(cellMetric: CellMetric): GraphWidget[] {
  return [
    graph('Messages to Slack and PagerDuty', [
      cellMetric(METRICS.alertsDelivered, Stats.SUM, 'delivered'),
      cellMetric(METRICS.alertsRefused, Stats.SUM, 'refused, to be retried'),
      cellMetric(METRICS.fallbacksUsed, Stats.SUM, 'sent by the webhook instead of the bot'),
    ]),
    graph('Buttons', [cellMetric(METRICS.actionsRefused, Stats.SUM, 'refused')]),
  ];
}

/**
 * The dashboard of the cell. It costs $3 a month if the account has three dashboards already. Each of the
 * cell's metrics costs $0.30 a month as soon as it has a value, and the violations are one metric for each
 * control with findings.
 *
 * @see https://aws.amazon.com/cloudwatch/pricing/
 */
export function dashboard(scope: Construct, cell: MonitoredCell): Dashboard {
  const { cellMetric } = cell;
  return new Dashboard(scope, 'Dashboard', {
    defaultInterval: Duration.days(7),
    widgets: [
      [graph('Violations by control', [violationsByControl(Stack.of(scope).stackName)]), timeToClose(cellMetric)],
      [
        graph('Rules removed, groups swept', [
          cellMetric(METRICS.rulesRevoked, Stats.SUM, 'rules removed'),
          cellMetric(METRICS.groupsSwept, Stats.SUM, 'groups swept'),
        ]),
        graph('Needs attention', [
          cellMetric(METRICS.plansHeld, Stats.SUM, 'held: the budget is spent'),
          cellMetric(METRICS.reopenLoops, Stats.SUM, 'reopen loops'),
          cellMetric(METRICS.exemptionsExpiring, Stats.MAXIMUM, 'exemptions that end within a week'),
          cellMetric(METRICS.failures, Stats.SUM, 'failures'),
          cellMetric(METRICS.switchUnread, Stats.SUM, 'the runtime switch could not be read'),
          cellMetric(METRICS.findingsUnreported, Stats.SUM, 'findings that other systems refuse'),
          cellMetric(METRICS.alertsGathered, Stats.SUM, 'outcomes in digests'),
        ]),
      ],
      [
        graph('Canary: age of the marker at its removal (ms)', [
          cellMetric(METRICS.timeToCloseCanary, Stats.MAXIMUM, 'longest'),
        ]),
        graph('Canary: skipped because of the policy', [cellMetric(METRICS.canarySkipped, Stats.SUM, 'skipped')]),
      ],
      ...(cell.alerts ? [channels(cellMetric)] : []),
      [queues(cell), errors(cell)],
    ],
  });
}
