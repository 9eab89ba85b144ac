import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Rule } from 'aws-cdk-lib/aws-events';
import { type IRole, ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { CHAT_APIS, doorName, type FunctionSpec, switchParameter } from '../../shared/catalogue.ts';
import { InputInvalid } from '../../shared/domain/errors.ts';
import { alarms } from './alarms/alarms.ts';
import { dashboard } from './alarms/dashboard.ts';
import { metricsOf } from './alarms/own-metric.ts';
import { switchWatch } from './alarms/switch-watch.ts';
import { alertQueue, feed } from './alert-queue.ts';
import { buttonsFront } from './buttons-url.ts';
import { type CellFunction, type CellFunctions, cellFunctions, functionNamesIn } from './cell-functions.ts';
import { changeRules } from './change-rules.ts';
import { config } from './config.ts';
import { customerKey } from './encryption.ts';
import { forwarders } from './forwarder/forwarders.ts';
import { ledgerTable } from './ledger.ts';
import type { StackOptions } from './options/registry.ts';
import { outputs } from './outputs.ts';
import { lostEvents, writtenOnlyBy } from './queue.ts';
import { canary, schedule, sweeps } from './schedule.ts';
import { CellSynthesizer } from './synthesizer.ts';
import { chatTopic, publishedByAlarms, publishedOnlyBy, topics } from './topics.ts';

/** What a cell is made of. */
export interface PortcullisProps extends StackOptions {
  /** Folder of a function's bundle. */
  readonly bundleOf: (spec: FunctionSpec) => string;
}

/** The regions of the cell, the home region first. */
const regionsOf = (stack: Stack, { regions = [] }: PortcullisProps): readonly string[] => [
  ...new Set([stack.region, ...regions]),
];

const switchParameterOf = ({ stackName }: Stack, props: PortcullisProps): string =>
  props.switchParameter ?? switchParameter(stackName);

/** What the functions are told of the props, with what holds where nothing is said. */
const partsOf = (stack: Stack, props: PortcullisProps) => ({
  bundleOf: props.bundleOf,
  regions: regionsOf(stack, props),
  functionNames: functionNamesIn(stack),
  switchParameter: switchParameterOf(stack, props),
  config: (props.config ?? false) !== false,
  securityHub: props.securityHub ?? false,
  eventBusArn:
    props.eventBusArn ?? stack.formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' }),
  alertsSecretArn: props.alertsSecretArn,
  slackApi: props.slackApi ?? CHAT_APIS.slack,
  pagerDutyApi: props.pagerDutyApi ?? CHAT_APIS.pagerDuty,
  buttons: props.buttons ?? ('url' as const),
  reservedConcurrency: props.reservedConcurrency ?? {},
});

/** The alias that AWS services invoke. */
function eventsOf({ spec, doors }: CellFunction): Alias {
  if (doors.events === undefined) throw new InputInvalid(`catalogue: ${spec.name} has no door for events`);
  return doors.events;
}

/** AWS Config's side of the cell where it is wanted, and its rules of EventBridge. */
function configOf(
  stack: Stack,
  { onConfig }: CellFunctions,
  { config: extent, configSchedule }: PortcullisProps,
  undelivered: IQueue,
): readonly Rule[] {
  if (onConfig === undefined || extent === undefined || extent === false) return [];
  return [config(stack, { onConfig: onConfig.lambda, extent, schedule: configSchedule, undelivered })];
}

/** Roles of the functions that publish notices. */
function publishersOf(functions: CellFunctions): readonly IRole[] {
  return Object.values(functions).flatMap(({ spec, lambda: { role } }: CellFunction) =>
    role !== undefined && spec.uses.some((method) => method.startsWith('notices.')) ? [role] : [],
  );
}

const stackProps = ({ homeRegion }: PortcullisProps): StackProps => ({
  description: 'Portcullis keeps the security groups of this account closed.',
  synthesizer: new CellSynthesizer(),
  ...(homeRegion !== undefined && { env: { region: homeRegion } }),
});

/** Puts every role of the stack under a managed policy, if one is given. */
function boundRoles(stack: Stack, policyArn: string | undefined): void {
  if (policyArn === undefined) return;
  PermissionsBoundary.of(stack).apply(ManagedPolicy.fromManagedPolicyArn(stack, 'PermissionsBoundary', policyArn));
}

/** One account's cell: it sees changes of security groups, closes what they open, keeps the undo, and tells people. */
export class PortcullisStack extends Stack {
  constructor(scope: Construct, id: string, props: PortcullisProps) {
    super(scope, id, stackProps(props));
    boundRoles(this, props.permissionsBoundary);
    const key = props.customerKeys ? customerKey(this) : undefined;
    const { notices, alarms: alarmsTopic } = topics(this, key, props.email);
    const chat = props.amazonQ ? chatTopic(this, key) : undefined;
    const queue = props.alertsSecretArn === undefined ? undefined : alertQueue(this, notices, key);
    const undelivered = lostEvents(this, 'UndeliveredEvents', key);
    const ledger = ledgerTable(this, key);
    const functions = cellFunctions(this, {
      ...partsOf(this, props),
      ledger,
      notices,
      chat,
      alertQueue: queue?.waiting,
      undeliveredAlerts: queue?.undelivered,
      key,
    });
    const toSchedule = eventsOf(functions.onSchedule);
    const rules = [
      ...changeRules(this, { regions: regionsOf(this, props), events: eventsOf(functions.onChange), undelivered }),
      schedule(this, toSchedule, undelivered),
      ...sweeps(this, toSchedule, undelivered),
      canary(this, toSchedule, undelivered),
      switchWatch(this, switchParameterOf(this, props), alarmsTopic, undelivered),
      ...forwarders(this, { regions: regionsOf(this, props).slice(1), alarms: alarmsTopic, undelivered }),
      ...configOf(this, functions, props, undelivered),
    ];
    writtenOnlyBy(undelivered, { service: 'events.amazonaws.com', sourceArns: rules.map(({ ruleArn }) => ruleArn) });
    for (const topic of [notices, ...(chat ? [chat] : [])]) publishedOnlyBy(topic, publishersOf(functions));
    if (queue && functions.onAlert) feed(this, queue, eventsOf(functions.onAlert));
    const toButtons = buttonsFront(functions.onAction?.lambda, props.buttons);
    const watched = { undelivered, functions, ownMetric: metricsOf(this.stackName), ...(queue && { alerts: queue }) };
    publishedByAlarms(alarmsTopic, alarms(this, watched, alarmsTopic));
    dashboard(this, watched);
    outputs(this, {
      LedgerTable: ledger.tableName,
      NoticesTopic: notices.topicArn,
      AlarmsTopic: alarmsTopic.topicArn,
      SwitchParameter: switchParameterOf(this, props),
      GrantFunction: doorName('onGrant', 'requests', this.stackName),
      Regions: regionsOf(this, props).join(','),
      ...(chat && { ChatTopic: chat.topicArn }),
      ...toButtons,
      ...(functions.onConfig && { ConfigFunction: functions.onConfig.lambda.functionArn }),
    });
  }
}
