import { CfnCondition, Fn, type Stack, Token } from 'aws-cdk-lib';
import { CfnConfigRule, CfnStoredQuery } from 'aws-cdk-lib/aws-config';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { CfnPermission, type IFunction, type Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import {
  CONFIG_SCOPE,
  type ConfigSchedule,
  configRules,
  configTriggers,
  RECORDER_CHECK,
} from '../../shared/catalogue.ts';
import { configQueries } from './config-queries.ts';
import { eventTarget } from './event-rules.ts';
import type { ConfigMode } from './options/registry.ts';

interface ConfigProps {
  readonly onConfig: Lambda;
  readonly mode: ConfigMode;
  readonly schedule: ConfigSchedule | undefined;
  readonly undelivered: IQueue;
}

/**
 * Saves the queries, except in China, where AWS Config does not support saved queries.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/querying-AWS-resources.html
 */
function savedQueries(stack: Stack): void {
  if (stack.partition === 'aws-cn') return;
  // At synth, the partition is known only if the region is known.
  const condition = Token.isUnresolved(stack.partition)
    ? new CfnCondition(stack, 'HasSavedQueries', {
        expression: Fn.conditionNot(Fn.conditionEquals(stack.partition, 'aws-cn')),
      })
    : undefined;
  configQueries(stack.stackName).forEach(({ name, description, expression }, nth) => {
    const query = new CfnStoredQuery(stack, `ConfigQuery${nth + 1}`, {
      queryName: name,
      queryDescription: description,
      queryExpression: expression,
    });
    if (condition) query.cfnOptions.condition = condition;
  });
}

/** Has on-config check the recorder every day, because AWS Config invokes nothing if it records nothing. */
function recorderCheck(stack: Stack, onConfig: Lambda, deadLetterQueue: IQueue): Rule {
  return new Rule(stack, 'RecorderCheck', {
    description: 'Portcullis: check that AWS Config records security groups',
    schedule: Schedule.expression(RECORDER_CHECK.cron),
    targets: [
      eventTarget(onConfig, {
        deadLetterQueue,
        input: RuleTargetInput.fromObject(RECORDER_CHECK.request),
        retries: 10,
      }),
    ],
  });
}

/**
 * Creates the permission, the rules and the saved queries for AWS Config, and the daily check of the
 * recorder. AWS Config cannot invoke an alias, so it invokes on-config by the ARN of the function.
 *
 * @returns the EventBridge rule of the daily check.
 */
export function configResources(stack: Stack, { onConfig, mode, schedule, undelivered }: ConfigProps): Rule {
  const permission = new CfnPermission(onConfig, 'Config', {
    action: 'lambda:InvokeFunction',
    functionName: onConfig.functionArn,
    principal: 'config.amazonaws.com',
    sourceAccount: stack.account,
  });
  if (mode === 'rules') addConfigRules(stack, onConfig, { schedule, permission });
  savedQueries(stack);
  return recorderCheck(stack, onConfig, undelivered);
}

/**
 * One AWS Config rule for each family of controls, evaluated when a security group changes. People can add
 * narrower rules by hand, with the parameters `controls` and `ports`.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_lambda-functions.html
 */
function addConfigRules(
  stack: Stack,
  onConfig: IFunction,
  { schedule, permission }: { readonly schedule: ConfigSchedule | undefined; readonly permission: CfnPermission },
): void {
  for (const { family, name, description } of configRules(stack.stackName)) {
    const rule = new CfnConfigRule(stack, `ConfigRule-${family}`, {
      configRuleName: name,
      description,
      inputParameters: { family },
      scope: { complianceResourceTypes: [CONFIG_SCOPE] },
      source: {
        owner: 'CUSTOM_LAMBDA',
        sourceIdentifier: onConfig.functionArn,
        sourceDetails: [...configTriggers(schedule)],
      },
    });
    // AWS Config checks the permission when a rule is created.
    rule.node.addDependency(permission);
  }
}
