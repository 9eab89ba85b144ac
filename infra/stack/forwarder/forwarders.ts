import { ArnFormat, CfnStackSet, Stack } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { ArnPrincipal, CompositePrincipal, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acceptFindings } from '../accepted-findings.ts';
import { runbook } from '../alarms/alarm.ts';
import { FORWARDER_PARAMETERS, forwarderNames, forwarderTemplate } from './template.ts';

interface ForwarderParts {
  /** Regions whose events are forwarded, without the home region. */
  readonly regions: readonly string[];
  /** Notified if a forwarder cannot deliver. */
  readonly alarms: ITopic;
  readonly undelivered: IQueue;
}

/** Notifies the topic of alarms from other regions. */
function forwardedAlarms(scope: Construct, { regions, alarms, undelivered }: ForwarderParts): Rule {
  const region = EventField.fromPath('$.region');
  const text = `Events of ${region} were not forwarded to the home region of Portcullis. ${runbook('undelivered-forwards')}`;
  return new Rule(scope, 'ForwardedAlarms', {
    description: 'Portcullis: an alarm of a forwarder in another region',
    eventPattern: {
      source: ['aws.cloudwatch'],
      detailType: ['CloudWatch Alarm State Change'],
      region: [...regions],
      detail: { alarmName: [forwarderNames(Stack.of(scope).stackName).alarm], state: { value: ['ALARM'] } },
    },
    targets: [new SnsTopic(alarms, { message: RuleTargetInput.fromText(text), deadLetterQueue: undelivered })],
  });
}

/**
 * Creates a forwarder in each of the regions, as stacks of one StackSet, which belongs to the cell's stack.
 * The next deployment deletes the forwarder of a region that is no longer listed, deleting the cell deletes
 * all forwarders, and the regions need no bootstrapping.
 *
 * @returns the rules in the home region.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stackset.html
 */
export function forwarders(scope: Construct, parts: ForwarderParts): readonly Rule[] {
  const { regions } = parts;
  if (regions.length === 0) return [];
  const stack = Stack.of(scope);
  const stackSetName = `${stack.stackName}-forwarders`;
  const homeBusArn = stack.formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' });
  const { sender, administration, execution } = forwarderRoles(scope, { stackSet: stackSetName, homeBusArn, regions });
  const stackSet = new CfnStackSet(scope, 'Forwarders', {
    stackSetName,
    description: 'Portcullis: forwards events of other regions to the home region',
    permissionModel: 'SELF_MANAGED',
    administrationRoleArn: administration.roleArn,
    executionRoleName: execution.roleName,
    templateBody: JSON.stringify(forwarderTemplate(stack.stackName)),
    parameters: [
      { parameterKey: FORWARDER_PARAMETERS.homeBus, parameterValue: homeBusArn },
      { parameterKey: FORWARDER_PARAMETERS.role, parameterValue: sender.roleArn },
    ],
    operationPreferences: { regionConcurrencyType: 'PARALLEL', failureToleranceCount: 0 },
    stackInstancesGroup: [{ deploymentTargets: { accounts: [stack.account] }, regions: [...regions] }],
  });
  // The policies must exist before the first forwarder is created, and until the last one is deleted.
  for (const { node } of [sender, administration, execution])
    stackSet.node.addDependency(node.findChild('DefaultPolicy'));
  return [forwardedAlarms(scope, parts)];
}

/** Roles of the forwarders in all regions, because IAM is global. */
interface ForwarderRoles {
  /** EventBridge uses it to send events to the home region's bus. */
  readonly sender: Role;
  /** CloudFormation uses it to assume the execution role. */
  readonly administration: Role;
  /** CloudFormation uses it to create, change and delete forwarders. */
  readonly execution: Role;
}

/**
 * Permissions that CloudFormation needs for the stacks of this StackSet. It reads the template from a bucket
 * of AWS, and reports to a topic of AWS; AWS documents neither name.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html
 */
function stackSetStatements(stack: Stack, stackSet: string): readonly PolicyStatement[] {
  const stacks = stack.formatArn({
    service: 'cloudformation',
    region: '*',
    resource: 'stack',
    resourceName: `StackSet-${stackSet}-*`,
  });
  return [
    new PolicyStatement({ actions: ['cloudformation:*'], resources: [stacks] }),
    new PolicyStatement({
      actions: ['cloudformation:GetTemplateSummary', 'cloudformation:ValidateTemplate'],
      resources: ['*'],
    }),
    new PolicyStatement({ actions: ['s3:GetObject', 'sns:Publish'], resources: ['*'] }),
  ];
}

const ACCEPTED_READ =
  'CloudFormation reads the template from a bucket of AWS and reports to a topic of AWS, whose names AWS does not document. Only the administration role of this StackSet can assume the role.';

/**
 * Permissions for the resources of a forwarder, whose names begin with the stack's name. The statements allow
 * all actions of a service: CloudFormation's calls for a resource type change over time, and a missing action
 * would break a deployment halfway.
 */
function resourceStatements(stack: Stack, sender: Role): readonly PolicyStatement[] {
  const named = `${stack.stackName}-*`;
  const anywhere = (service: string, resource: string, resourceName: string, arnFormat?: ArnFormat): string =>
    stack.formatArn({ service, region: '*', resource, resourceName, ...(arnFormat !== undefined && { arnFormat }) });
  const queues = stack.formatArn({ service: 'sqs', region: '*', resource: named });
  return [
    new PolicyStatement({ actions: ['events:*'], resources: [anywhere('events', 'rule', named)] }),
    new PolicyStatement({ actions: ['sqs:*'], resources: [queues] }),
    new PolicyStatement({
      actions: ['cloudwatch:*'],
      resources: [anywhere('cloudwatch', 'alarm', named, ArnFormat.COLON_RESOURCE_NAME)],
    }),
    new PolicyStatement({
      actions: ['iam:PassRole'],
      resources: [sender.roleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'events.amazonaws.com' } },
    }),
  ];
}

/** The role with which the cell's rules send events to the default bus of the home region. */
function senderRole(scope: Construct, stack: Stack, homeBusArn: string): Role {
  const rules = stack.formatArn({
    service: 'events',
    region: '*',
    resource: 'rule',
    resourceName: `${stack.stackName}-*`,
  });
  const sender = new Role(scope, 'ForwarderRole', {
    description: 'Portcullis: EventBridge forwards events to the home region',
    assumedBy: new ServicePrincipal('events.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account }, ArnLike: { 'aws:SourceArn': rules } },
    }),
  });
  sender.addToPolicy(new PolicyStatement({ actions: ['events:PutEvents'], resources: [homeBusArn] }));
  return sender;
}

/**
 * Creates the roles of the forwarders.
 *
 * @param regions regions of the forwarders. CloudFormation has a separate service principal in every opt-in
 *   region.
 */
function forwarderRoles(
  scope: Construct,
  {
    stackSet,
    homeBusArn,
    regions,
  }: { readonly stackSet: string; readonly homeBusArn: string; readonly regions: readonly string[] },
): ForwarderRoles {
  const stack = Stack.of(scope);
  const sender = senderRole(scope, stack, homeBusArn);
  const stackSets = stack.formatArn({ service: 'cloudformation', resource: 'stackset', resourceName: `${stackSet}:*` });
  const conditions = { StringEquals: { 'aws:SourceAccount': stack.account }, ArnLike: { 'aws:SourceArn': stackSets } };
  const principals = ['', ...regions].map(
    (region) => new ServicePrincipal('cloudformation.amazonaws.com', { conditions, ...(region !== '' && { region }) }),
  );
  const administration = new Role(scope, 'ForwarderAdministration', {
    description: 'Portcullis: CloudFormation deploys forwarders',
    assumedBy: new CompositePrincipal(...principals),
  });
  const execution = new Role(scope, 'ForwarderExecution', {
    description: 'Portcullis: CloudFormation manages the resources of forwarders',
    assumedBy: new ArnPrincipal(administration.roleArn),
  });
  for (const statement of [...stackSetStatements(stack, stackSet), ...resourceStatements(stack, sender)])
    execution.addToPolicy(statement);
  acceptFindings(execution.node.findChild('DefaultPolicy'), {
    CKV_AWS_108: ACCEPTED_READ,
    CKV_AWS_111: ACCEPTED_READ,
  });
  administration.addToPolicy(new PolicyStatement({ actions: ['sts:AssumeRole'], resources: [execution.roleArn] }));
  return { sender, administration, execution };
}
