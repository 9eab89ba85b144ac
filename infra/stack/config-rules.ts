import type { Stack } from 'aws-cdk-lib';
import { CfnConfigRule } from 'aws-cdk-lib/aws-config';
import type { CfnPermission, IFunction } from 'aws-cdk-lib/aws-lambda';
import { CONFIG_SCOPE, type ConfigSchedule, configRules, configTriggers } from '../../shared/catalogue.ts';

/**
 * One rule of AWS Config for each family of controls, called when a security group changes. Narrower ones can be put beside them by hand: the
 * parameters `controls` and `ports` leave out the rest of a family.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_lambda-functions.html
 */
export const putConfigRules = (
  stack: Stack,
  onConfig: IFunction,
  { schedule, permission }: { readonly schedule: ConfigSchedule | undefined; readonly permission: CfnPermission },
): readonly CfnConfigRule[] =>
  configRules(stack.stackName).map(({ family, name, description }) => {
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
