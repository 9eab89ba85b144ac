import { Duration, Names, Stack } from 'aws-cdk-lib';
import type { IRule, IRuleTarget, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Alias, Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';

/** What a rule hands over, and how patiently. */
export interface Delivery {
  /** Keeps what could not be delivered. The stack names the rules that may write into it. */
  readonly deadLetterQueue: IQueue;
  /** A constant in place of the event. */
  readonly input?: RuleTargetInput;
  /** Default: 24 hours. */
  readonly maxAge?: Duration;
  /** Default: 185, as often as EventBridge can. */
  readonly retries?: number;
}

const A_DAY = Duration.days(1);
const MOST_RETRIES = 185;

/**
 * A function, or an alias of one, behind a rule. Its resource policy lets EventBridge in for this rule of this account alone: CDK's own
 * target leaves out the account, which the ARN of a rule names, too, but a condition on both is what AWS recommends.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
export function eventTarget(
  handler: Alias | Lambda,
  { deadLetterQueue, input, maxAge, retries }: Delivery,
): IRuleTarget {
  return {
    bind(rule: IRule) {
      handler.addPermission(`Allow${Names.nodeUniqueId(rule.node)}`, {
        principal: new ServicePrincipal('events.amazonaws.com'),
        sourceArn: rule.ruleArn,
        sourceAccount: Stack.of(rule).account,
      });
      return {
        arn: handler.functionArn,
        targetResource: handler,
        ...(input && { input }),
        deadLetterConfig: { arn: deadLetterQueue.queueArn },
        ...((maxAge ?? retries) !== undefined && {
          retryPolicy: {
            maximumEventAgeInSeconds: (maxAge ?? A_DAY).toSeconds(),
            maximumRetryAttempts: retries ?? MOST_RETRIES,
          },
        }),
      };
    },
  };
}
