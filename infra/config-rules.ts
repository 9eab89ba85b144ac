import type { Stack } from 'aws-cdk-lib';
import { CfnConfigRule } from 'aws-cdk-lib/aws-config';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { FAMILIES } from '../shared/catalogue.ts';

/** What AWS Config calls a function for. Deletions and items that are too large come under the two kinds of change. */
const MESSAGES = ['ConfigurationItemChangeNotification', 'OversizedConfigurationItemChangeNotification'];

/**
 * One rule of AWS Config for each family of controls, called when a security group changes. Narrower ones can be put beside them by hand: the
 * parameters `controls` and `ports` leave out the rest of a family.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_lambda-functions.html
 */
export const configRules = (stack: Stack, onConfig: IFunction): readonly CfnConfigRule[] => {
  onConfig.addPermission('Config', {
    principal: new ServicePrincipal('config.amazonaws.com'),
    sourceAccount: stack.account,
  });
  return Object.entries(FAMILIES).map(([family, { title, controls }]) => {
    const rule = new CfnConfigRule(stack, `ConfigRule-${family}`, {
      configRuleName: `${stack.stackName}-${family}`,
      description: `${title}: ${controls.join(', ')}.`,
      inputParameters: { family },
      scope: { complianceResourceTypes: ['AWS::EC2::SecurityGroup'] },
      source: {
        owner: 'CUSTOM_LAMBDA',
        sourceIdentifier: onConfig.functionArn,
        sourceDetails: MESSAGES.map((messageType) => ({ eventSource: 'aws.config', messageType })),
      },
    });
    rule.node.addDependency(onConfig);
    return rule;
  });
};
