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

/** What AWS Config works with. */
export interface ConfigParts {
  readonly onConfig: Lambda;
  readonly extent: ConfigMode;
  readonly schedule: ConfigSchedule | undefined;
  readonly undelivered: IQueue;
}

/**
 * China's regions have no saved queries.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/querying-AWS-resources.html
 */
function savedQueries(stack: Stack): void {
  if (stack.partition === 'aws-cn') return;
  // The partition is known at synth only if the region is.
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

/** Where nothing is recorded, AWS Config calls nobody: on-config has to look by itself. */
function recorderCheck(stack: Stack, onConfig: Lambda, deadLetterQueue: IQueue): Rule {
  return new Rule(stack, 'RecorderCheck', {
    description: 'Portcullis: look whether AWS Config records security groups',
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
 * AWS Config's side of a cell: who may call on-config, the rules, the saved queries, and the daily look at the recorder, whose rule of
 * EventBridge is returned. AWS Config cannot call an alias, so on-config is called by its bare ARN.
 */
export function config(stack: Stack, { onConfig, extent, schedule, undelivered }: ConfigParts): Rule {
  const permission = new CfnPermission(onConfig, 'Config', {
    action: 'lambda:InvokeFunction',
    functionName: onConfig.functionArn,
    principal: 'config.amazonaws.com',
    sourceAccount: stack.account,
  });
  if (extent === 'rules') addConfigRules(stack, onConfig, { schedule, permission });
  savedQueries(stack);
  return recorderCheck(stack, onConfig, undelivered);
}

/**
 * One rule of AWS Config for each family of controls, called when a security group changes. Narrower ones can be put beside them by hand: the
 * parameters `controls` and `ports` leave out the rest of a family.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_lambda-functions.html
 */
function addConfigRules(
  stack: Stack,
  onConfig: IFunction,
  { schedule, permission }: { readonly schedule: ConfigSchedule | undefined; readonly permission: CfnPermission },
): readonly CfnConfigRule[] {
  return configRules(stack.stackName).map(({ family, name, description }) => {
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
    return rule;
  });
}
