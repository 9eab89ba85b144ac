import { CfnOutput, DefaultStackSynthesizer, Stack, type StackProps } from 'aws-cdk-lib';
import type { Rule } from 'aws-cdk-lib/aws-events';
import { type IRole, ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { CHAT_APIS, doorName, type FunctionSpec, switchParameter } from '../../shared/catalogue.ts';
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
import { config } from './config.ts';
import { customerKey } from './encryption.ts';
import { canaryRule, changeRules, scheduleRule, sweepRules, switchRule } from './event-rules.ts';
import { forwarders } from './forwarder/forwarders.ts';
import { ledgerTable } from './ledger.ts';
import type { StackOptions } from './options/registry.ts';
import { alertEventSource, alertQueue, deadLetterQueue, restrictSenders } from './queues.ts';
import { allowAlarms, chatTopic, restrictPublishers, topics } from './topics.ts';

/** What people and other stacks need to know of the cell, by output name. */
function outputs(scope: Construct, values: Readonly<Record<string, string>>): readonly CfnOutput[] {
  return Object.entries(values).map(([name, value]) => new CfnOutput(scope, name, { value }));
}

/**
 * CDK's usual way to deploy, without the rule that reads the bootstrap's version from a parameter: a StackSet puts the cell into
 * accounts and regions where there is no such parameter.
 *
 * The getters state what the class already does, and that it is text: its own types leave that open, which strict types refuse.
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

/** What a cell is made of. */
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

/** What the functions are told of the props, with what holds where nothing is said. */
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
function eventsAlias({ spec, aliases: doors }: CellFunction): Alias {
  if (doors.events === undefined) throw new InputInvalid(`catalogue: ${spec.name} has no door for events`);
  return doors.events;
}

/** AWS Config's side of the cell where it is wanted, and its rules of EventBridge. */
function configPart(
  stack: Stack,
  { onConfig }: CellFunctions,
  { config: extent, configSchedule }: PortcullisProps,
  undelivered: IQueue,
): readonly Rule[] {
  if (onConfig === undefined || extent === undefined || extent === false) return [];
  return [config(stack, { onConfig: onConfig.lambda, extent, schedule: configSchedule, undelivered })];
}

/** Roles of the functions that publish notices. */
function publishingRoles(functions: CellFunctions): readonly IRole[] {
  return Object.values(functions).flatMap(({ spec, lambda: { role } }: CellFunction) =>
    role !== undefined && spec.uses.some((method) => method.startsWith('notices.')) ? [role] : [],
  );
}

function stackProps({ homeRegion }: PortcullisProps): StackProps {
  return {
    description: 'Portcullis keeps the security groups of this account closed.',
    synthesizer: new CellSynthesizer(),
    ...(homeRegion !== undefined && { env: { region: homeRegion } }),
  };
}

/** Puts every role of the stack under a managed policy, if one is given. */
function applyPermissionsBoundary(stack: Stack, policyArn: string | undefined): void {
  if (policyArn === undefined) return;
  PermissionsBoundary.of(stack).apply(ManagedPolicy.fromManagedPolicyArn(stack, 'PermissionsBoundary', policyArn));
}

/** One account's cell: it sees changes of security groups, closes what they open, keeps the undo, and tells people. */
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
    const toSchedule = eventsAlias(functions.onSchedule);
    const rules = [
      ...changeRules(this, { regions: regionsOf(this, props), events: eventsAlias(functions.onChange), undelivered }),
      scheduleRule(this, toSchedule, undelivered),
      ...sweepRules(this, toSchedule, undelivered),
      canaryRule(this, toSchedule, undelivered),
      switchRule(this, switchParameterOf(this, props), alarmsTopic, undelivered),
      ...forwarders(this, { regions: regionsOf(this, props).slice(1), alarms: alarmsTopic, undelivered }),
      ...configPart(this, functions, props, undelivered),
    ];
    restrictSenders(undelivered, { service: 'events.amazonaws.com', sourceArns: rules.map(({ ruleArn }) => ruleArn) });
    for (const topic of [notices, ...(chat ? [chat] : [])]) restrictPublishers(topic, publishingRoles(functions));
    if (queue && functions.onAlert) alertEventSource(this, queue, eventsAlias(functions.onAlert));
    const toButtons = actionEndpoint(functions.onAction?.lambda, props.buttons);
    const watched = { undelivered, functions, ownMetric: cellMetrics(this.stackName), ...(queue && { alerts: queue }) };
    allowAlarms(alarmsTopic, alarms(this, watched, alarmsTopic));
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
