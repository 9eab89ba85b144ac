import { Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { runbook } from './runbook.ts';

/**
 * Tells people at once when somebody sets the runtime switch. Parameter Store's events say that it was set, not to what.
 *
 * The topic's policy lets EventBridge publish without a condition on the rule. EventBridge sends SNS no source ARN and no source account, so a
 * condition would refuse every message. A role for the target is no way out, because AWS advises against one for encrypted topics.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-cwe.html
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
 */
export function switchWatch(scope: Construct, parameter: string, topic: ITopic, deadLetterQueue: IQueue): Rule {
  const says = `The runtime switch of Portcullis (parameter ${parameter}) was set: until it ends, less may be closed than the policy says.`;
  return new Rule(scope, 'SwitchWatch', {
    description: `The runtime switch was set. ${runbook('runtime-switch')}`,
    eventPattern: {
      source: ['aws.ssm'],
      detailType: ['Parameter Store Change'],
      detail: { name: [parameter], operation: ['Create', 'Update'] },
    },
    targets: [
      new SnsTopic(topic, {
        message: RuleTargetInput.fromText(`${says} ${runbook('runtime-switch')}`),
        deadLetterQueue,
      }),
    ],
  });
}
