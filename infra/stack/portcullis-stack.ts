import { CfnOutput, DefaultStackSynthesizer, Stack, type StackProps } from 'aws-cdk-lib';
import type { Rule } from 'aws-cdk-lib/aws-events';
import { type IRole, ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { CHAT_APIS, doorName, type FunctionSpec, PERMISSIONS, switchParameter } from '../../shared/catalogue.ts';
import { InputInvalid } from '../../shared/domain/errors.ts';
import { cellMetrics } from './alarms/alarm.ts';
import { alarms } from './alarms/alarms.ts';
import { dashboard } from './alarms/dashboard.ts';
import {
  actionEndpoint,
  type CellFunction,
  type CellFunctions,
  cellFunctions,
  functionNamesOf,
} from './cell-functions.ts';
import { configResources } from './config.ts';
import { customerKey } from './encryption.ts';
import { canaryRule, changeRules, scheduleRule, sweepRules, switchRule } from './event-rules.ts';
import { forwarders } from './forwarder/forwarders.ts';
import { ledgerTable } from './ledger.ts';
import type { StackOptions } from './options/registry.ts';
import { alertEventSource, alertQueue, deadLetterQueue, restrictSenders } from './queues.ts';
import { allowAlarms, chatTopic, restrictPublishers, topics } from './topics.ts';

function createOutputs(scope: Construct, values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) void new CfnOutput(scope, name, { value });
}

/**
 * CDK's default synthesizer without the rule that reads the bootstrap version from a parameter: a StackSet
 * deploys the cell to accounts and regions that do not have this parameter.
 *
 * The getters do not change values. They only narrow the types to `string`, which
 * `exactOptionalPropertyTypes` requires.
 */
class CellSynthesizer extends DefaultStackSynthesizer {
  constructor() {
    super({ generateBootstrapVersionRule: false });
  }

  override get bootstrapQualifier(): string {
    return super.bootstrapQualifier ?? DefaultStackSynthesizer.DEFAULT_QUALIFIER;
  }

  override get lookupRole(): string {
    return super.lookupRole ?? '';
  }

  override get cloudFormationExecutionRole(): string {
    return super.cloudFormationExecutionRole ?? '';
  }
}

/** Options of the stack, and the bundles of its functions. */
export interface PortcullisProps extends StackOptions {
  /** Folder of a function's bundle. */
  readonly bundleOf: (spec: FunctionSpec) => string;
}

/** The regions of the cell, the home region first. */
function regionsOf(stack: Stack, { regions = [] }: PortcullisProps): readonly string[] {
  return [...new Set([stack.region, ...regions])];
}

function switchParameterOf({ stackName }: Stack, props: PortcullisProps): string {
  return props.switchParameter ?? switchParameter(stackName);
}

/** Properties of the functions, with the defaults of the options. */
function functionProps(stack: Stack, props: PortcullisProps) {
  return {
    bundleOf: props.bundleOf,
    regions: regionsOf(stack, props),
    functionNames: functionNamesOf(stack),
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
  };
}

/** The alias that AWS services invoke. */
function eventsAlias({ spec, aliases: { events } }: CellFunction): Alias {
  if (events === undefined) throw new InputInvalid(`catalogue: ${spec.name} has no alias for events`);
  return events;
}

/** Creates the resources for AWS Config if the option is set, and returns their EventBridge rules. */
function configPart(
  stack: Stack,
  { onConfig }: CellFunctions,
  { config: mode, configSchedule }: PortcullisProps,
  undelivered: IQueue,
): readonly Rule[] {
  if (onConfig === undefined || mode === undefined || mode === false) return [];
  return [configResources(stack, { onConfig: onConfig.lambda, mode, schedule: configSchedule, undelivered })];
}

/** Roles of the functions that may publish to the topic of the notices. */
function publishingRoles(functions: CellFunctions): readonly IRole[] {
  return Object.values(functions).flatMap(({ spec, lambda: { role } }: CellFunction) =>
    role !== undefined && spec.uses.some((method) => PERMISSIONS[method].some(({ on }) => on === 'notices-topic'))
      ? [role]
      : [],
  );
}

function stackProps({ homeRegion }: PortcullisProps): StackProps {
  return {
    description: 'Portcullis keeps the security groups of this account closed.',
    synthesizer: new CellSynthesizer(),
    ...(homeRegion !== undefined && { env: { region: homeRegion } }),
  };
}

/** Sets the permissions boundary of every role of the stack, if the option is given. */
function applyPermissionsBoundary(stack: Stack, policyArn: string | undefined): void {
  if (policyArn === undefined) return;
  PermissionsBoundary.of(stack).apply(ManagedPolicy.fromManagedPolicyArn(stack, 'PermissionsBoundary', policyArn));
}

/** The cell of one account, in its home region. */
export class PortcullisStack extends Stack {
  constructor(scope: Construct, id: string, props: PortcullisProps) {
    super(scope, id, stackProps(props));
    applyPermissionsBoundary(this, props.permissionsBoundary);
    const key = props.customerKeys ? customerKey(this) : undefined;
    const { notices, alarms: alarmsTopic } = topics(this, key, props.email);
    const chat = props.amazonQ ? chatTopic(this, key) : undefined;
    const queue = props.alertsSecretArn === undefined ? undefined : alertQueue(this, notices, key);
    const undelivered = deadLetterQueue(this, 'UndeliveredEvents', key);
    const ledger = ledgerTable(this, key);
    const functions = cellFunctions(this, {
      ...functionProps(this, props),
      ledger,
      notices,
      chat,
      alertQueue: queue?.waiting,
      undeliveredAlerts: queue?.undelivered,
      key,
    });
    const onSchedule = eventsAlias(functions.onSchedule);
    const rules = [
      ...changeRules(this, { regions: regionsOf(this, props), events: eventsAlias(functions.onChange), undelivered }),
      scheduleRule(this, onSchedule, undelivered),
      ...sweepRules(this, onSchedule, undelivered),
      canaryRule(this, onSchedule, undelivered),
      switchRule(this, switchParameterOf(this, props), alarmsTopic, undelivered),
      ...forwarders(this, { regions: regionsOf(this, props).slice(1), alarms: alarmsTopic, undelivered }),
      ...configPart(this, functions, props, undelivered),
    ];
    restrictSenders(undelivered, { service: 'events.amazonaws.com', sourceArns: rules.map(({ ruleArn }) => ruleArn) });
    for (const topic of [notices, ...(chat ? [chat] : [])]) restrictPublishers(topic, publishingRoles(functions));
    if (queue && functions.onAlert) alertEventSource(this, queue, eventsAlias(functions.onAlert));
    const endpoint = actionEndpoint(functions.onAction?.lambda, props.buttons);
    const cell = { undelivered, functions, cellMetric: cellMetrics(this.stackName), ...(queue && { alerts: queue }) };
    allowAlarms(alarmsTopic, alarms(this, cell, alarmsTopic));
    dashboard(this, cell);
    createOutputs(this, {
      LedgerTable: ledger.tableName,
      NoticesTopic: notices.topicArn,
      AlarmsTopic: alarmsTopic.topicArn,
      SwitchParameter: switchParameterOf(this, props),
      GrantFunction: doorName('onGrant', 'requests', this.stackName),
      Regions: regionsOf(this, props).join(','),
      ...(chat && { ChatTopic: chat.topicArn }),
      ...endpoint,
      ...(functions.onConfig && { ConfigFunction: functions.onConfig.lambda.functionArn }),
    });
  }
}
