import { CfnStackSet, Stack } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { runbook } from '../alarms/runbook.ts';
import { forwarderRoles } from './roles.ts';
import { FORWARDER_PARAMETERS, forwarderNames, forwarderTemplate } from './template.ts';

/** What the forwarders work with. */
export interface ForwarderParts {
  /** Regions whose events are forwarded; the home region is not among them. */
  readonly regions: readonly string[];
  /** Notified while a forwarder cannot deliver. */
  readonly alarms: ITopic;
  readonly undelivered: IQueue;
}

/** Tells the topic of alarms that arrive from other regions. */
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
 * A forwarder in each of the regions, as stacks of one StackSet. The StackSet belongs to the cell's stack: a region that is no longer
 * listed loses its forwarder with the next deployment, deleting the cell deletes all of them, and no region has to be bootstrapped.
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
  // The policies have to be there before the first forwarder is made, and until the last one is deleted.
  for (const { node } of [sender, administration, execution])
    stackSet.node.addDependency(node.findChild('DefaultPolicy'));
  return [forwardedAlarms(scope, parts)];
}
