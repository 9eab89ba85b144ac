import type { DescribeConfigRulesRequest, PutConfigRuleRequest } from '@aws-sdk/client-config-service';
import { uuid } from '../../../shared/domain/random.ts';
import { AwsError } from './aws-error.ts';
import type { Region } from './region.ts';

function checkSource({ ConfigRule }: PutConfigRuleRequest): void {
  const Source = ConfigRule?.Source;
  if (Source?.Owner === 'CUSTOM_LAMBDA' && Source.SourceIdentifier) return;
  throw new AwsError(
    'InvalidParameterValueException',
    'The embedded account has rules of the owner CUSTOM_LAMBDA only',
  );
}

/** PutConfigRule, by name. Throws NoAvailableConfigurationRecorderException, InvalidParameterValueException. */
export function putConfigRule(region: Region, input: PutConfigRuleRequest): object {
  const { config, account } = region;
  if (config.recorder === undefined)
    throw new AwsError(
      'NoAvailableConfigurationRecorderException',
      'Configuration recorder is not available to put config rule.',
    );
  checkSource(input);
  const name = input.ConfigRule?.ConfigRuleName ?? `rule-${uuid(account.random)}`;
  const id = config.rules.get(name)?.ConfigRuleId ?? `config-rule-${uuid(account.random).slice(0, 6)}`;
  config.rules.set(name, {
    ...input.ConfigRule,
    Source: input.ConfigRule?.Source,
    ConfigRuleName: name,
    ConfigRuleId: id,
    ConfigRuleArn: `arn:aws:config:${region.name}:${account.id}:config-rule/${id}`,
    ConfigRuleState: 'ACTIVE',
  });
  config.evaluations.set(name, config.evaluations.get(name) ?? new Map());
  return {};
}

/** DescribeConfigRules, in one page. */
export function describeConfigRules(region: Region, { ConfigRuleNames = [] }: DescribeConfigRulesRequest): object {
  const all = [...region.config.rules.values()];
  const wanted = all.filter(
    ({ ConfigRuleName }) => ConfigRuleNames.length === 0 || ConfigRuleNames.includes(ConfigRuleName),
  );
  return { ConfigRules: wanted };
}
